"""A real HTTP server on loopback, in the test's event loop, stopped by the test."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready, self.ended = asyncio.Event(), asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        """Stop at once on request. Uvicorn checks ten times a second, while a bot polls a closed network."""
        while not self.ended.is_set():
            await self.on_tick(0)  # each second, for the Date header
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), 1)


def free_socket() -> socket.socket:
    """A bound socket on a free port; it names TCP, or asyncio leaves Nagle's algorithm on (40 ms per response)."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.bind(("127.0.0.1", 0))
    return bound


@asynccontextmanager
async def serving(app: Any, on: socket.socket, **more: Any) -> AsyncIterator[None]:
    """Serve while the block runs; `more` are uvicorn's settings."""
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=5, **more)
    server = _Server(config)
    task = asyncio.create_task(server._serve([on]))
    ready = asyncio.create_task(server.ready.wait())
    await asyncio.wait({task, ready}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        task.result()
    try:
        yield
    finally:
        server.should_exit = True
        server.ended.set()
        await task
