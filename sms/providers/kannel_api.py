"""Sending through Kannel's sendsms.

With httpx: aiohttp repeats a GET by itself where the connection breaks before an answer, and this GET sends an SMS.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from api.channel import Misconfigured, Unreachable, Unsure
from sms.providers.kannel_words import DLR_ALL, refused
from sms.segments import GSM7, count

_CONNECT = 5.0  # seconds
_LONGEST_ANSWER = 4096  # bytes; Kannel's are one line


class KannelApi:
    """One `sendsms-user` of one Kannel."""

    def __init__(self, *, url: str, username: str, password: str, patience: float = 15.0) -> None:
        """`url` is that of sendsms; `patience` is for an answer, in seconds."""
        self._url = url
        self._timeout, self._patience = httpx.Timeout(patience, connect=_CONNECT), patience + _CONNECT
        self._user = {"username": username, "password": password}
        self._http: httpx.AsyncClient | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep connections open. No proxy of the environment gets to see what is sent."""
        async with httpx.AsyncClient(timeout=self._timeout, trust_env=False) as self._http:
            yield
        self._http = None

    async def send(self, *, to: str, text: str, callback: str, sender: str, via: str = "") -> None:
        """Hand one text over; its delivery reports go to `callback`. Raises a SendError.

        `sender` is what residents see; `via` is the smsc-id, where Kannel has several message centres.
        """
        asked = {
            "from": sender, "to": to, "text": text, "charset": "UTF-8", "coding": coding(text),
            "dlr-mask": DLR_ALL, "dlr-url": callback, **({"smsc": via} if via else {}),
        }  # fmt: skip
        status, said, after = await self._ask(asked)
        if status != httpx.codes.ACCEPTED:  # "0: Accepted for delivery" and "3: Queued for later delivery"
            raise refused(status, said, after)

    async def knock(self) -> None:
        """Ask for nothing to be sent, as there is nobody to send it to. Raises a SendError if it lets us send nothing.

        It looks at name and password first (gw/smsbox.c), and then refuses for want of a receiver, with 400.
        """
        status, said, after = await self._ask({})
        if status != httpx.codes.BAD_REQUEST:
            raise refused(status, said, after)

    async def _ask(self, more: dict[str, str]) -> tuple[int, str, str]:
        """One request: the answer's status, its first words, and its Retry-After."""
        if self._http is None:
            raise Misconfigured("not running")
        asked = {**self._user, **more}
        try:
            # httpx's own patience is for each part of an answer that drips.
            async with asyncio.timeout(self._patience), self._http.stream("GET", self._url, params=asked) as answer:
                said = await _beginning(answer)
        except (httpx.UnsupportedProtocol, httpx.InvalidURL):
            raise Misconfigured("url") from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise Unreachable("connect") from None
        except (httpx.HTTPError, TimeoutError):
            raise Unsure("lost") from None
        return answer.status_code, said, answer.headers.get("Retry-After", "")


async def _beginning(answer: httpx.Response) -> str:
    """The first words of an answer, however long it is; a short one is read to its end, to keep its connection."""
    read = b""
    async for part in answer.aiter_raw():  # not unpacked: a small one may unpack to any size
        read += part
        if len(read) > _LONGEST_ANSWER:
            break
    return read.decode("utf-8", "replace")


def coding(text: str) -> str:
    """Kannel's number for a text's alphabet: "0" GSM-7, "2" UCS-2.

    Kannel does not guess: Arabic without it goes out as question marks, and is answered with 202 all the same.
    """
    return "0" if count(text).encoding == GSM7 else "2"
