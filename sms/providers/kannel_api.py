"""Send texts through Kannel's HTTP interface `sendsms`.

The HTTP client is httpx. aiohttp would repeat a GET if the connection breaks before an answer, and each GET sends an
SMS.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from api.channel import Misconfigured, Unreachable, Unsure
from sms.providers.kannel_codes import DLR_ALL, to_send_error
from sms.segments import GSM7, count

_CONNECT = 5.0  # seconds
_LONGEST_ANSWER = 4096  # bytes; Kannel's answers are one line


class KannelApi:
    """The account of a `sendsms-user` at a Kannel gateway."""

    def __init__(self, *, url: str, username: str, password: str, patience: float = 15.0) -> None:
        """Set up the account. `url` is the address of `sendsms`.

        `patience` is how many seconds to wait for an answer.
        """
        self._url = url
        self._timeout, self._patience = httpx.Timeout(patience, connect=_CONNECT), patience + _CONNECT
        self._user = {"username": username, "password": password}
        self._http: httpx.AsyncClient | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open connections, and close them at the end.

        Proxies set in the environment are not used: they would see the texts.
        """
        async with httpx.AsyncClient(timeout=self._timeout, trust_env=False) as self._http:
            yield
        self._http = None

    async def send(self, *, to: str, text: str, callback: str, sender: str, via: str = "") -> None:
        """Hand one text to Kannel, which reports the delivery to `callback`. Raises a SendError.

        `sender` is what residents see. `via` is the smsc-id of a message centre, if Kannel has several.
        """
        query = {
            "from": sender, "to": to, "text": text, "charset": "UTF-8", "coding": coding(text),
            "dlr-mask": DLR_ALL, "dlr-url": callback, **({"smsc": via} if via else {}),
        }  # fmt: skip
        status, body, retry_after = await self._ask(query)
        if status != httpx.codes.ACCEPTED:  # "0: Accepted for delivery" and "3: Queued for later delivery"
            raise to_send_error(status, body, retry_after)

    async def check_access(self) -> None:
        """Check user and password without sending anything. Raises a SendError if Kannel refuses them."""
        # The request names no receiver. Kannel checks user and password first (gw/smsbox.c), so 400 (no receiver) means
        # that both are right.
        status, body, retry_after = await self._ask({})
        if status != httpx.codes.BAD_REQUEST:
            raise to_send_error(status, body, retry_after)

    async def _ask(self, fields: dict[str, str]) -> tuple[int, str, str]:
        """Send one request. Return the answer's status, the beginning of its body, and its Retry-After header."""
        if self._http is None:
            raise Misconfigured("not running")
        query = {**self._user, **fields}
        try:
            # httpx's time-out is for each part of a slow answer; this one is for the whole answer.
            async with asyncio.timeout(self._patience), self._http.stream("GET", self._url, params=query) as answer:
                body = await _beginning(answer)
        except (httpx.UnsupportedProtocol, httpx.InvalidURL):
            raise Misconfigured("url") from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise Unreachable("connect") from None
        except (httpx.HTTPError, TimeoutError):
            raise Unsure("lost") from None
        return answer.status_code, body, answer.headers.get("Retry-After", "")


async def _beginning(answer: httpx.Response) -> str:
    """Return the beginning of an answer's body."""
    read = b""
    async for part in answer.aiter_raw():  # not decompressed: a small body may expand to any size
        read += part
        if len(read) > _LONGEST_ANSWER:  # a shorter body is read to its end, so that the connection can be used again
            break
    return read.decode("utf-8", "replace")


def coding(text: str) -> str:
    """Return Kannel's number for the alphabet of a text: "0" for GSM-7, "2" for UCS-2.

    Kannel does not detect the alphabet. Without this number, it silently sends Arabic as question marks.
    """
    return "0" if count(text).encoding == GSM7 else "2"
