"""A server in place of Kannel's sendsms, byte for byte on a socket: it records requests, and fails on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

ACCEPTED = (202, "0: Accepted for delivery")
# No answer; the connection breaks before or within the answer; the answer drips and never ends.
HANG, BREAK, HALF, DRIP = "hang", "break", "half", "drip"


@dataclass
class Gateway:
    """One sendsms. `next` is its answer from now on."""

    url: str = ""
    next: tuple[int, str] | str = ACCEPTED
    asked: list[dict[str, str]] = field(default_factory=list)
    connections: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self._note(head)
                if not await self._answer(reader, writer):
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _note(self, head: bytes) -> None:
        method, target, _version = head.split(b"\r\n", 1)[0].decode("ascii").split(" ")
        assert method == "GET"
        fields = parse_qs(urlsplit(target).query, keep_blank_values=True, strict_parsing=True, errors="strict")
        assert all(len(values) == 1 for values in fields.values())
        self.asked.append({name: values[0] for name, values in fields.items()})

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        if self.next == HANG:
            await reader.read()
        if self.next == DRIP:
            writer.write(b"HTTP/1.1 202 Accepted\r\n")
            while not reader.at_eof():
                writer.write(b"X: x\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)
        if isinstance(self.next, str):
            writer.write(b"HTTP/1.1 202 Accepted\r\nContent-" if self.next == HALF else b"")
            return False
        status, body = self.next
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        await writer.drain()
        return True


@asynccontextmanager
async def running_gateway() -> AsyncIterator[Gateway]:
    """A gateway on loopback while the block runs."""
    gateway = Gateway()
    server = await asyncio.start_server(gateway.talk, "127.0.0.1", 0, limit=2**20)
    gateway.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/cgi-bin/sendsms"
    try:
        yield gateway
    finally:
        server.close()
        await server.wait_closed()
