"""Call Twilio's REST API through Twilio's asynchronous client: create, list and delete messages."""

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
from sms.providers.twilio_errors import to_send_error
from sms.providers.twilio_trace import segments

_CONNECT = 5.0  # seconds
_GONE = 404
_PAGE = 50  # messages per page: about as many as one number gets in a year
_LARGEST = 1024 * 1024  # bytes of an answer: fifty messages of 1,600 letters, each 6 or 12 bytes in JSON
_SID = re.compile("(?:SM|MM)[0-9a-f]{32}")
LISTED = 1000  # maximum messages listed

# The library logs whole requests with numbers and texts, so it gets a logger that discards them.
_silent = logging.getLogger("sawt.twilio.silent")
_silent.setLevel(logging.CRITICAL + 1)


class TwilioApi:
    """The REST API for one Twilio account."""

    def __init__(
        self, *, account_sid: str, auth_token: str, api_url: str = "", patience: float = 15.0, clock: Clock = now
    ) -> None:
        """Set up the account. If given, `api_url` replaces Twilio's own address; the rehearsal uses this.

        `patience` is how many seconds to wait for an answer.
        """
        self._account_sid, self._auth_token, self._clock = account_sid, auth_token, clock
        self._api_url, self._patience = api_url, patience
        self._http: _Http | None = None
        self._client: Client | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open connections, and close them at the end."""
        async with _Http(self._api_url, self._patience) as self._http:
            self._client = Client(self._account_sid, self._auth_token, http_client=self._http)
            yield
        self._client = self._http = None

    async def send(self, *, to: str, text: str, callback: str, sender: str) -> SendResult:
        """Create one message. Twilio reports its status to `callback`. Raises a SendError.

        `sender` is a number, a name or the id of a messaging service.
        """
        origin = {"messaging_service_sid": sender} if sender.startswith("MG") else {"from_": sender}
        with self._calling(to) as client:
            message: Any = await client.messages.create_async(to=to, body=text, status_callback=callback, **origin)
        # A success without a message id may come from a proxy between us and Twilio.
        if not isinstance(message.sid, str) or not _SID.fullmatch(message.sid):
            raise Unsure("no id")
        return SendResult(external_id=message.sid, parts=segments(message, text))

    async def sent_to(self, number: str) -> Sequence[Any]:
        """Return the newest messages to a number, at most LISTED. Raises a SendError."""
        # no filter by DateSent: a message may wait at Twilio for ten hours, and has no such date until then
        with self._calling(number) as client:
            messages: Sequence[Any] = await client.messages.list_async(to=number, page_size=_PAGE, limit=LISTED)
        return messages

    async def delete(self, sid: str) -> None:
        """Delete a message from the account, unless it is already gone. Raises a SendError.

        Twilio deletes only messages in a final state (error 20009). If it refuses, try again later.
        """
        with self._calling("") as client:
            try:
                await client.messages(sid).delete_async()
            except TwilioRestException as error:
                if error.status != _GONE:
                    raise

    async def status(self) -> str:
        """Return the account's status at Twilio: active, suspended or closed. Raises a SendError."""
        with self._calling("") as client:
            account: Any = await client.api.v2010.accounts(self._account_sid).fetch_async()
        return str(account.status)

    @contextmanager
    def _calling(self, to: str) -> Iterator[Client]:
        """Yield the client for calls about the number `to`. If a call fails, raise a SendError."""
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
        except (ValueError, TypeError, AttributeError, KeyError, RecursionError):  # a success that cannot be parsed
            raise Unsure("unreadable") from None

    def _refusal(self, error: TwilioException, to: str) -> SendError:
        responses = [arg for arg in error.args if isinstance(arg, Response)]  # a refused page of a list
        if isinstance(error, TwilioRestException):
            status, code = error.status, error.code
        elif responses:
            status, code = responses[0].status_code, None
        else:
            return Unsure("twilio")
        retry_after = self._http.retry_after if self._http is not None else None
        return to_send_error(status, code, to=to, now=self._clock(), retry_after=retry_after)


class _TimedSession:
    """An HTTP session with its own time-out. Twilio's client passes no time-out with its requests."""

    def __init__(self, patience: float) -> None:
        timeout = aiohttp.ClientTimeout(total=patience, sock_connect=_CONNECT)
        self._session = aiohttp.ClientSession(timeout=timeout, auto_decompress=False)

    async def request(self, **options: Any) -> _Answer:
        del options["timeout"]
        # No compression, so that the limit below counts the bytes that are stored.
        options["headers"] = {**options["headers"], "Accept-Encoding": "identity"}
        async with self._session.request(**options) as answer:
            body = b""
            async for part in answer.content.iter_any():
                body += part
                if len(body) > _LARGEST:
                    raise aiohttp.ClientPayloadError("too large")
        return _Answer(answer.status, answer.headers, body)

    async def close(self) -> None:
        await self._session.close()


class _Answer(NamedTuple):
    """An HTTP answer whose body was read to the end, in the form that Twilio's client expects."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    async def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class _Http(AsyncTwilioHttpClient):  # type: ignore[misc]
    """The HTTP client for Twilio's client. It adds a time-out, another host, and access to the header Retry-After."""

    def __init__(self, api_url: str, patience: float) -> None:
        super().__init__(pool_connections=False, logger=_silent)
        self.session = _TimedSession(patience)
        self.retry_after: float | None = None  # seconds, from the latest answer
        self._base = urlsplit(api_url) if api_url else None

    async def request(self, method: str, url: str, **kwargs: Any) -> Response:
        if self._base is not None:
            target = urlsplit(url)
            path = self._base.path.rstrip("/") + target.path
            url = urlunsplit((self._base.scheme, self._base.netloc, path, target.query, ""))
        # The library passes `auth` in a form that aiohttp is about to drop.
        user, password = kwargs.pop("auth")
        kwargs["headers"] = {**kwargs["headers"], "Authorization": aiohttp.encode_basic_auth(user, password)}
        response: Response = await super().request(method, url, **kwargs)
        retry_after = (response.headers or {}).get("Retry-After", "")
        self.retry_after = float(retry_after) if retry_after.isdecimal() else None
        return response
