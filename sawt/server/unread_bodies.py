"""Close a connection after a response if the request's body has not arrived in full, instead of reading the rest."""

from __future__ import annotations

from typing import Any

from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

BODY = 1024 * 1024  # bytes of the largest allowed body, a picture; a larger one gets no more time


class ClosingProtocol(HttpToolsProtocol):
    """A connection that is closed after a response if the request was not received in full."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Accept uvicorn's arguments and pass them on."""
        super().__init__(*args, **kwargs)
        self._inner_app, self.app = self.app, self._respond

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:

        async def send_and_close(message: Message) -> None:
            cycle = self.cycle  # a later request's, if this request was received in full
            if message["type"] == "http.response.start" and cycle.scope is scope and cycle.more_body:
                message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        await self._inner_app(scope, receive, send_and_close)
