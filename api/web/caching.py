"""Keep caches from storing responses meant for staff, and browsers from guessing the type of a response."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class NoStore:
    """Middleware that adds `Cache-Control: no-store` and `nosniff` to every response under a path prefix."""

    def __init__(self, app: ASGIApp, below: str) -> None:
        """Add the headers to responses for paths that begin with `below`."""
        self._app, self._below = app, below

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request, and add the headers to its response if the path begins with the prefix."""
        if scope["type"] != "http" or not scope["path"].startswith(self._below):
            await self._app(scope, receive, send)
            return

        async def send_uncached(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Cache-Control", "no-store")
                headers.setdefault("X-Content-Type-Options", "nosniff")  # ASVS 3.4.4
            await send(message)

        await self._app(scope, receive, send_uncached)
