"""An answer that comes before the whole body ends the connection: nobody waits for the rest of it."""

from __future__ import annotations

from typing import Any

from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

BODY = 1024 * 1024  # bytes of the largest body there is, a picture: a larger one gets no more time


class EndingProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *given: Any, **named: Any) -> None:
        """As uvicorn makes it."""
        super().__init__(*given, **named)
        self._answer, self.app = self.app, self._answering

    async def _answering(self, scope: Scope, receive: Receive, send: Send) -> None:

        async def sent(message: Message) -> None:
            cycle = self.cycle  # that of a later request, if this one is here in full
            if message["type"] == "http.response.start" and cycle.scope is scope and cycle.more_body:
                message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        await self._answer(scope, receive, sent)
