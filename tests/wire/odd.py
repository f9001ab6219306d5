"""A server that answers every request with the same bytes, or never stops answering."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

ENDLESS = "endless"  # a body that never ends
DRIP = "drip"  # a body that arrives byte by byte and never ends


def answer(body: str | bytes, status: int = 200, *headers: str) -> bytes:
    """A whole HTTP answer."""
    content = body.encode() if isinstance(body, str) else body
    lines = [f"HTTP/1.1 {status} X", "Content-Type: application/json", f"Content-Length: {len(content)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@asynccontextmanager
async def answering(response: bytes | str) -> AsyncIterator[str]:
    """The address of such a server while the block runs."""

    talks: set[asyncio.Task[Any]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.add(asyncio.current_task())  # type: ignore[arg-type]
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                await reader.readexactly(_length(head))
                if isinstance(response, bytes):
                    writer.write(response)
                else:
                    await _go_on(writer, b" " if response == DRIP else b" " * 65536, 0.02 if response == DRIP else 0.0)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=2**20)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for talk_task in talks:
            talk_task.cancel()
        await asyncio.gather(*talks, return_exceptions=True)


def _length(head: bytes) -> int:
    lines = [line.split(b":") for line in head.lower().split(b"\r\n")]
    return next((int(line[1]) for line in lines if line[0] == b"content-length"), 0)


async def _go_on(writer: asyncio.StreamWriter, piece: bytes, pause: float) -> None:
    writer.write(b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n")
    while True:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(pause)
