"""Twilio's REST API, with twilio's own asynchronous client: creating messages, listing and deleting them."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from api.channel import Misconfigured, SendError, SendResult, Unreachable, Unsure
from api.clock import Clock, now
from sms.providers.twilio_errors import refused
from sms.providers.twilio_trace import segments

_CONNECT = 5.0  # seconds
_GONE = 404
_PAGE = 50  # messages of one number, as much as it gets in a year
_LARGEST = 1024 * 1024  # bytes of an answer: fifty messages of 1,600 letters, each of which JSON may write as 6 or 12
_SID = re.compile("(?:SM|MM)[0-9a-f]{32}")
LISTED = 1000  # messages looked through at most

# The library logs whole requests, numbers and texts included: it gets a logger that keeps them to itself.
_silent = logging.getLogger("sawt.twilio.silent")
_silent.setLevel(logging.CRITICAL + 1)


class TwilioApi:
    """One Twilio account."""

    def __init__(
        self, *, account_sid: str, auth_token: str, api_url: str = "", patience: float = 15.0, clock: Clock = now
    ) -> None:
        """`api_url` is where Twilio's API is spoken, when it is not Twilio itself (the rehearsal).

        `patience` is for an answer, in seconds.
        """
        self._account_sid, self._auth_token, self._clock = account_sid, auth_token, clock
        self._api_url, self._patience = api_url, patience
        self._http: _Http | None = None
        self._client: Client | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep connections open."""
        async with _Http(self._api_url, self._patience) as self._http:
            self._client = Client(self._account_sid, self._auth_token, http_client=self._http)
            yield
        self._client = self._http = None

    async def send(self, *, to: str, text: str, callback: str, sender: str) -> SendResult:
        """Create one message; news about it go to `callback`. `sender` is a number, a name or a messaging service.

        Raises a SendError.
        """
        origin = {"messaging_service_sid": sender} if sender.startswith("MG") else {"from_": sender}
        with self._speaking(to) as client:
            made: Any = await client.messages.create_async(to=to, body=text, status_callback=callback, **origin)
        # A success without its message: an answer of something between us and Twilio, perhaps.
        if not isinstance(made.sid, str) or not _SID.fullmatch(made.sid):
            raise Unsure("no id")
        return SendResult(external_id=made.sid, parts=segments(made, text))

    async def sent_to(self, number: str) -> Sequence[Any]:
        """The messages to a number, the newest first, at most LISTED of them. Raises a SendError.

        Not by DateSent: what still waits at Twilio, for ten hours perhaps, has none, and would seem never to have come.
        """
        with self._speaking(number) as client:
            found: Sequence[Any] = await client.messages.list_async(to=number, page_size=_PAGE, limit=LISTED)
        return found

    async def delete(self, sid: str) -> None:
        """Delete a message from the account; one that is not there is deleted. Raises a SendError.

        Twilio deletes only what has come to its end (error 20009), so a refusal means: later.
        """
        with self._speaking("") as client:
            try:
                await client.messages(sid).delete_async()
            except TwilioRestException as error:
                if error.status != _GONE:
                    raise

    async def status(self) -> str:
        """What Twilio says of the account: active, suspended or closed. Raises a SendError."""
        with self._speaking("") as client:
            found: Any = await client.api.v2010.accounts(self._account_sid).fetch_async()
        return str(found.status)

    @contextmanager
    def _speaking(self, to: str) -> Iterator[Client]:
        """The client, while the block runs; what fails there is raised as a SendError. `to` as in `refused`."""
        if self._client is None or self._http is None:
            raise Misconfigured("not running")
        try:
            yield self._client
        except TwilioException as error:
            raise self._refusal(error, to) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise Unreachable("connect") from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise Unsure("lost") from None
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):  # a success that is no such JSON
            raise Unsure("unreadable") from None

    def _refusal(self, error: TwilioException, to: str) -> SendError:
        answers = [each for each in error.args if isinstance(each, Response)]  # so a page is refused, without its code
        if isinstance(error, TwilioRestException):
            status, code = error.status, error.code
        elif answers:
            status, code = answers[0].status_code, None
        else:
            return Unsure("twilio")
        after = self._http.retry_after if self._http is not None else None
        return refused(status, code, to=to, now=self._clock(), retry_after=after)


class _Patient:
    """A session that keeps to its time-out: with each request the library asks for none."""

    def __init__(self, patience: float) -> None:
        timeout = aiohttp.ClientTimeout(total=patience, sock_connect=_CONNECT)
        self._session = aiohttp.ClientSession(timeout=timeout, auto_decompress=False)

    async def request(self, **given: Any) -> _Read:
        del given["timeout"]
        given["headers"] = {**given["headers"], "Accept-Encoding": "identity"}  # what is counted is what is kept
        async with self._session.request(**given) as answer:
            body = b""
            async for part in answer.content.iter_any():
                body += part
                if len(body) > _LARGEST:
                    raise aiohttp.ClientPayloadError("too large")
        return _Read(answer.status, answer.headers, body)

    async def close(self) -> None:
        await self._session.close()


class _Read(NamedTuple):
    """An answer that was read to its end, as the library wants it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    async def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class _Http(AsyncTwilioHttpClient):  # type: ignore[misc]
    """The library's client with a time-out, another host where told, and the Retry-After its exceptions hide."""

    def __init__(self, api_url: str, patience: float) -> None:
        super().__init__(pool_connections=False, logger=_silent)
        self.session = _Patient(patience)
        self.retry_after: float | None = None  # seconds that the latest answer named
        self._base = urlsplit(api_url) if api_url else None

    async def request(self, method: str, url: str, **kwargs: Any) -> Response:
        if self._base is not None:
            asked = urlsplit(url)
            path = self._base.path.rstrip("/") + asked.path
            url = urlunsplit((self._base.scheme, self._base.netloc, path, asked.query, ""))
        # The library hands the pair to aiohttp in a way that aiohttp is about to drop.
        user, password = kwargs.pop("auth")
        kwargs["headers"] = {**kwargs["headers"], "Authorization": aiohttp.encode_basic_auth(user, password)}
        response: Response = await super().request(method, url, **kwargs)
        named = (response.headers or {}).get("Retry-After", "")
        self.retry_after = float(named) if named.isdecimal() else None
        return response
