"""A minimal stand-in for Twilio's create-message in its own process: records when each request arrived."""

from __future__ import annotations

import heapq
import json
import re
import selectors
import socket
import struct
import sys
import time
from pathlib import Path

# The kernel timestamps segments as they arrive, so that a late read does not merge two of them.
_STAMPED = getattr(socket, "SO_TIMESTAMPNS", 35)
_LATENCY = 0.15  # seconds until it answers: a provider's network and work
_CALLBACK = re.compile(rb"StatusCallback=http%3A%2F%2F([^&]+?)%2Fsms%2Ftwilio%2Fstatus%3Fdelivery%3D([0-9]+)")
_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)


class Receiver:
    """Answers requests on one socket, and writes `moment sender delivery` for each into a file."""

    def __init__(self, listening: socket.socket, log: Path) -> None:
        self._ready, self._listening = selectors.DefaultSelector(), listening
        self._log = log.open("w", encoding="ascii", buffering=1)
        self._read: dict[socket.socket, bytes] = {}
        self._answers: list[tuple[float, int, socket.socket]] = []
        listening.setsockopt(socket.SOL_SOCKET, _STAMPED, 1)  # connections inherit it from their first byte
        self._ready.register(listening, selectors.EVENT_READ)

    def serve(self) -> None:
        """Serve until this process is terminated."""
        while True:
            wait = self._answers[0][0] - time.monotonic() if self._answers else None
            for key, _ in self._ready.select(None if wait is None else max(wait, 0)):
                if key.fileobj is self._listening:
                    self._accept()
                else:
                    self._hear(key.fileobj)  # type: ignore[arg-type]
            while self._answers and self._answers[0][0] <= time.monotonic():
                _, number, to = heapq.heappop(self._answers)
                self._answer(to, number)

    def _accept(self) -> None:
        connection, _ = self._listening.accept()
        connection.setsockopt(socket.SOL_SOCKET, _STAMPED, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read[connection] = b""
        self._ready.register(connection, selectors.EVENT_READ)

    def _hear(self, peer: socket.socket) -> None:
        data, about, _, _ = peer.recvmsg(65536, 256)
        if not data:
            self._ready.unregister(peer)
            del self._read[peer]
            peer.close()
            return
        self._read[peer] += data
        head, end, body = self._read[peer].partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not end or length is None or len(body) < int(length[1]):
            return
        self._read[peer] = b""
        now = divmod(time.time_ns(), 10**9)  # for segments that came before timestamps were enabled
        seconds, nanoseconds = struct.unpack("qq", about[0][2][:16]) if about else now
        host, number = _CALLBACK.search(body).groups()  # type: ignore[union-attr]
        self._log.write(f"{seconds}.{nanoseconds:09d} {host.decode()} {number.decode()}\n")
        heapq.heappush(self._answers, (time.monotonic() + _LATENCY, int(number), peer))

    def _answer(self, peer: socket.socket, number: int) -> None:
        body = json.dumps({"sid": f"SM{number:032d}", "num_segments": "1", "status": "queued"}).encode()
        head = f"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        if peer in self._read:
            peer.sendall(head.encode() + body)


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as _listening:
        Receiver(_listening, Path(sys.argv[2])).serve()
