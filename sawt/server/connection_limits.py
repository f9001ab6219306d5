"""The HTTP server's own limits: who sends much, slowly or nothing holds a connection for a while only, and few of them.

A proxy in front has such limits too (docs/proxy.md); these hold where there is none, or where it has others.
"""

from __future__ import annotations

import asyncio
import resource
from asyncio import TimerHandle
from collections import Counter, OrderedDict
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from sawt.server.networks import network
from sawt.server.unread_bodies import BODY, EndingProtocol

HEAD = 32 * 1024  # bytes of a request line and its headers
HEADERS = 100
HEAD_SECONDS = 10.0  # for a request's head, from its first byte or the connection's
BODY_SECONDS, SLOWEST = 10.0, 20_000  # for a body: so many seconds, and one more for so many bytes of it
READ_SECONDS = 30.0  # for the other side to read what it was sent
EACH = 50  # connections of one address; a proxy brings everybody's, and has as many as there are
ALL = 1000


class GuardedProtocol(EndingProtocol):
    """One connection."""

    open_by: ClassVar[Counter[str]] = Counter()
    waiting: ClassVar[OrderedDict[GuardedProtocol, None]] = OrderedDict()  # for the other side, who longest first

    def __init__(self, *given: Any, **named: Any) -> None:
        """As uvicorn makes it."""
        super().__init__(*given, **named)
        self._address, self._in_head, self._size, self._raw = "", True, 0, 0
        self._deadline: TimerHandle | None = None
        self._unread: TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take it. Of too many the one goes that waits longest: whoever is silent loses to who has something to say."""
        super().connection_made(transport)
        self._address = network(self.client[0] if self.client else "")
        self.open_by[self._address] += 1
        if self.open_by[self._address] > EACH and not self._is_proxy():
            transport.abort()
            return
        self._expect(HEAD_SECONDS)
        if len(self.connections) > _most():
            oldest = next(iter(self.waiting))
            oldest._expect(None)
            oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._expect(None)
        self._wait_for_reader(None)
        self.open_by[self._address] -= 1
        if not self.open_by[self._address]:
            del self.open_by[self._address]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, but no head without an end. What is no request, such as empty lines, ends no deadline."""
        if self._deadline is None and getattr(self.cycle, "response_complete", True):
            self._expect(HEAD_SECONDS)
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._raw += len(data)
            if self._raw > HEAD:
                self.send_400_response("")

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._in_head, self._size, self._raw = True, 0, 0
        self._expect(HEAD_SECONDS)

    def on_url(self, url: bytes) -> None:
        """More of the request line."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One more header."""
        self._count(len(name) + len(value) + 4)
        super().on_header(name, value)
        if len(self.headers) > HEADERS:
            self._count(HEAD)

    def on_headers_complete(self) -> None:
        """Now its body."""
        self._in_head = False
        announced = dict(self.headers).get(b"content-length", b"0")[:9]
        self._expect(BODY_SECONDS + min(int(announced) if announced.isdigit() else 0, BODY) / SLOWEST)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it is here."""
        self._expect(None)
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The other side does not read."""
        super().pause_writing()
        self._wait_for_reader(READ_SECONDS)

    def resume_writing(self) -> None:
        """It reads again."""
        super().resume_writing()
        self._wait_for_reader(None)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, and a head that is too large with the status that says so (RFC 6585, 5)."""
        if max(self._size, self._raw) <= HEAD:
            super().send_400_response(msg)
            return
        self.transport.write(STATUS_LINE[431] + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > HEAD:
            raise ValueError  # the parser ends with it, and uvicorn refuses the request

    def _is_proxy(self) -> bool:
        known = self.config.forwarded_allow_ips  # uvicorn's setting, FORWARDED_ALLOW_IPS
        names = known.split(",") if isinstance(known, str) else known
        return self._address in {"127.0.0.1", "::1", *(each.strip() for each in names)}

    def _expect(self, seconds: float | None) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline = None
        self.waiting.pop(self, None)
        if seconds is not None:
            self._deadline = self.loop.call_later(seconds, self.transport.abort)
            self.waiting[self] = None

    def _wait_for_reader(self, seconds: float | None) -> None:
        if self._unread is not None:
            self._unread.cancel()
        self._unread = None if seconds is None else self.loop.call_later(seconds, self.transport.abort)


def _most() -> int:
    """As many connections as there may be: fewer where the process may have few files open, 100 for other things."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(ALL, max(files - 100, 1)) if files != resource.RLIM_INFINITY else ALL
