"""Send the rehearsal's requests to Sawt (webhooks, status callbacks, updates), and report each to the observer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

import aiohttp
from yarl import URL

from rehearsal.exchange import Exchange, Observer, Peer

_IDLE = 2.0  # seconds an idle connection stays open: less than uvicorn's five, so we never use one that it is closing


@dataclass(frozen=True, slots=True)
class Reply:
    """Sawt's answer to a request.

    Without an answer, `status` is 0 and `missing` is the stage at which the request failed.
    """

    status: int
    text: str = ""
    content_type: str = ""
    missing: Literal["", "connect", "read"] = ""

    @property
    def good(self) -> bool:
        """Whether the HTTP status is 2xx."""
        return 200 <= self.status < 300


class Wire:
    """The HTTP client for all requests of a rehearsal. It follows no redirects and stores no cookies."""

    def __init__(self, observe: Observer | None) -> None:
        self._observe = observe
        self._session: aiohttp.ClientSession | None = None

    async def post(
        self,
        url: str,
        params: dict[str, Any],
        *,
        peer: Peer,
        operation: str,
        headers: Mapping[str, str],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - the client's own kind of limit
    ) -> Reply:
        """Post a form (Twilio) or JSON (Telegram) and return the reply. If nobody answers, its status is 0."""
        form = peer == "twilio"
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        body = urlencode(params) if form else json.dumps(params)
        try:
            async with self._client().post(
                URL(url, encoded=True),
                data=body.encode("ascii"),
                headers={"Content-Type": kind, **headers},
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                raw = await response.read()
                reply = Reply(response.status, raw.decode("utf-8", "replace"), response.content_type)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL, ValueError):
            reply = Reply(0, missing="connect")
        except (aiohttp.ClientError, TimeoutError, OSError):
            reply = Reply(0, missing="read")
        if self._observe is not None:
            answer = _decoded(reply)
            self._observe(Exchange("callback", peer, "POST", url, operation, kind, params, reply.status, answer))
        return reply

    async def aclose(self) -> None:
        """Close the client's connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        return self._session


def _decoded(reply: Reply) -> Any:
    if reply.content_type != "application/json":
        return reply.text
    try:
        return json.loads(reply.text)
    except ValueError:
        return reply.text
