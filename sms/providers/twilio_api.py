"""Sending by Twilio's REST API, with twilio's own asynchronous client."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from api.channel import Misconfigured, Receipt, Unreachable, Unsure
from sms.providers.twilio_errors import refused

_TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)  # seconds
_PAUSE = 1.0  # seconds to wait after a 429 that names no time

# The library logs whole requests, numbers and texts included: it gets a logger that keeps them to itself.
_silent = logging.getLogger("sawt.twilio.silent")
_silent.setLevel(logging.CRITICAL + 1)


class TwilioApi:
    """One Twilio account and sender."""

    def __init__(self, *, account_sid: str, auth_token: str, sender: str, api_url: str = "") -> None:
        """`api_url` is where Twilio's API is spoken, when it is not Twilio itself (the rehearsal)."""
        self._account_sid, self._auth_token = account_sid, auth_token
        self._sender, self._api_url = sender, api_url
        self._http: _Http | None = None
        self._client: Client | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keep connections open."""
        async with _Http(self._api_url) as self._http:
            self._client = Client(self._account_sid, self._auth_token, http_client=self._http)
            yield
        self._client = self._http = None

    async def send(self, *, to: str, text: str, callback: str) -> Receipt:
        """Create one message; news about it go to `callback`. Raises a SendError."""
        if self._client is None or self._http is None:
            raise Misconfigured("not running")
        sender = {"messaging_service_sid": self._sender} if self._sender.startswith("MG") else {"from_": self._sender}
        try:
            made: Any = await self._client.messages.create_async(to=to, body=text, status_callback=callback, **sender)
        except TwilioRestException as error:
            raise refused(error.status, error.code, retry_after=self._http.retry_after) from None
        except aiohttp.ClientConnectorError:
            raise Unreachable("connect") from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise Unsure("lost") from None
        return Receipt(external_id=str(made.sid), parts=max(int(made.num_segments or 1), 1))


class _Http(AsyncTwilioHttpClient):  # type: ignore[misc]
    """The library's client with a time-out, another host where told, and the Retry-After its exceptions hide."""

    def __init__(self, api_url: str) -> None:
        super().__init__(pool_connections=False, logger=_silent)
        self.session = aiohttp.ClientSession(timeout=_TIMEOUT)
        self.retry_after = _PAUSE
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
        self.retry_after = float(named) if named.isdecimal() else _PAUSE
        return response
