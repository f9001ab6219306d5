"""Separate server processes for the bench, on loopback ports."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psutil


@contextmanager
def server(factory: str, environment: dict[str, str], port: int, processes: int) -> Iterator[psutil.Process]:
    """A separate uvicorn process, ended by its id."""
    command = [sys.executable, "-m", "uvicorn", "--factory", factory, "--port", str(port), "--workers", str(processes)]
    command += ["--no-access-log", "--log-level", "error"]
    with subprocess.Popen(command, env={**os.environ, **environment}) as started:
        try:
            yield psutil.Process(started.pid)
        finally:
            started.terminate()


async def listening(port: int) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + 30
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            await writer.wait_closed()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.1)


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
