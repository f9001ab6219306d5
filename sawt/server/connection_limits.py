"""The HTTP server's own limits on the size, duration and number of connections.

They apply if no proxy is in front of the server, or if the proxy's limits are wider (docs/proxy.md).
"""

from __future__ import annotations

import asyncio
import resource
from asyncio import TimerHandle
from collections import Counter, OrderedDict
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from sawt.server.networks import network
from sawt.server.unread_bodies import BODY, ClosingProtocol

HEAD = 32 * 1024  # bytes of a request line and headers, at most
HEADERS = 100
HEAD_SECONDS = 10.0  # seconds to send a request's head, from its first byte or the start of the connection
BODY_SECONDS, SLOWEST = 10.0, 20_000  # seconds to send a body, and bytes that add one second more
READ_SECONDS = 30.0  # seconds for the client to read its response
EACH = 50  # connections from one address; a proxy may open all of them, since it serves everybody
ALL = 1000


class GuardedProtocol(ClosingProtocol):
    """A connection with limits on the size and time of each request."""

    open_by: ClassVar[Counter[str]] = Counter()
    waiting: ClassVar[OrderedDict[GuardedProtocol, None]] = OrderedDict()  # the longest waiting first

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Accept uvicorn's arguments and pass them on."""
        super().__init__(*args, **kwargs)
        self._address, self._in_head, self._size, self._raw = "", True, 0, 0
        self._deadline: TimerHandle | None = None
        self._unread: TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Register a new connection. If there are too many, close one."""
        super().connection_made(transport)
        self._address = network(self.client[0] if self.client else "")
        self.open_by[self._address] += 1
        if self.open_by[self._address] > EACH and not self._is_proxy():  # too many from this network: close this one
            transport.abort()
            return
        self._set_deadline(HEAD_SECONDS)
        if len(self.connections) > _most():  # too many in total: close the one that has been silent longest
            oldest = next(iter(self.waiting))
            oldest._set_deadline(None)
            oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting the connection, and cancel its deadlines."""
        self._set_deadline(None)
        self._wait_for_reader(None)
        self.open_by[self._address] -= 1
        if not self.open_by[self._address]:
            del self.open_by[self._address]
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read data. Refuse the request if its head is too long."""
        if self._deadline is None and getattr(self.cycle, "response_complete", True):
            self._set_deadline(HEAD_SECONDS)  # bytes that follow do not extend it
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            self._raw += len(data)
            if self._raw > HEAD:
                self.send_400_response("")

    def on_message_begin(self) -> None:
        """Set the deadline for receiving a request's head."""
        super().on_message_begin()
        self._in_head, self._size, self._raw = True, 0, 0
        self._set_deadline(HEAD_SECONDS)

    def on_url(self, url: bytes) -> None:
        """Count the bytes of the URL toward the size of the request's head."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count one header and its bytes toward the limits on the request's head."""
        self._count(len(name) + len(value) + 4)
        super().on_header(name, value)
        if len(self.headers) > HEADERS:
            self._count(HEAD)

    def on_headers_complete(self) -> None:
        """Set the deadline for receiving the body. A body that is announced as large gets more time."""
        self._in_head = False
        announced = dict(self.headers).get(b"content-length", b"0")[:9]
        self._set_deadline(BODY_SECONDS + min(int(announced) if announced.isdigit() else 0, BODY) / SLOWEST)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Cancel the deadline, because the request was received in full."""
        self._set_deadline(None)
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Set a deadline for a client that does not read its response."""
        super().pause_writing()
        self._wait_for_reader(READ_SECONDS)

    def resume_writing(self) -> None:
        """Cancel the deadline for reading the response, because the client reads again."""
        super().resume_writing()
        self._wait_for_reader(None)

    def send_400_response(self, msg: str) -> None:
        """Refuse a request: with 400 if it is not HTTP, or with 431 if its head is too large (RFC 6585, section 5)."""
        if max(self._size, self._raw) <= HEAD:
            super().send_400_response(msg)
            return
        self.transport.write(STATUS_LINE[431] + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()

    def _count(self, size: int) -> None:
        self._size += size
        if self._size > HEAD:
            raise ValueError  # ends the parser, and uvicorn refuses the request

    def _is_proxy(self) -> bool:
        known = self.config.forwarded_allow_ips  # uvicorn's setting, FORWARDED_ALLOW_IPS
        names = known.split(",") if isinstance(known, str) else known
        return self._address in {"127.0.0.1", "::1", *(each.strip() for each in names)}

    def _set_deadline(self, seconds: float | None) -> None:
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
    """Return the maximum number of connections, given the number of files that the process may open."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(ALL, max(files - 100, 1)) if files != resource.RLIM_INFINITY else ALL
