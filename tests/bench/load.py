"""Sends requests over sixteen connections, each one after another, and measures the responses."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

CONNECTIONS = 16


@dataclass(frozen=True)
class Measured:
    """One run: responses per second, their median and 99th percentile in milliseconds, and server CPU ms for each."""

    per_second: float
    p50: float
    p99: float
    cpu: float


async def run(port: int, requests: list[tuple[bytes, bytes]], server: psutil.Process, *, seconds: float) -> Measured:
    """Send requests for some seconds, or until none are left; every response must contain its expected text."""
    warm, rest = requests[: 10 * CONNECTIONS], requests[10 * CONNECTIONS :]
    await _send(port, iter(warm), until=time.perf_counter() + 60)
    cpu, start = _cpu(server), time.perf_counter()
    taken = sorted(await _send(port, iter(rest), until=start + seconds))
    wall = time.perf_counter() - start
    return Measured(
        per_second=len(taken) / wall,
        p50=1000 * taken[len(taken) // 2],
        p99=1000 * taken[int(len(taken) * 0.99)],
        cpu=1000 * (_cpu(server) - cpu) / len(taken),
    )


async def _send(port: int, requests: Iterator[tuple[bytes, bytes]], *, until: float) -> list[float]:
    taken: list[float] = []
    await asyncio.gather(*(_connection(port, requests, until, taken) for _ in range(CONNECTIONS)))
    return taken


async def _connection(port: int, requests: Iterator[tuple[bytes, bytes]], until: float, taken: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request, expect in requests:
        start = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        taken.append(time.perf_counter() - start)
        if b" 200 " not in head.split(b"\r\n")[0] or expect not in body:
            raise RuntimeError(f"an answer is wrong: {head[:40]!r} {body[:200]!r}")
        if time.perf_counter() > until:
            break
    writer.close()
    await writer.wait_closed()


def _cpu(server: psutil.Process) -> float:
    processes = [server, *server.children(recursive=True)]
    return sum(sum(process.cpu_times()[:2]) for process in processes)
