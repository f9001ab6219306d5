"""`make bench`: one answered question over HTTP, beside the floor measured in the same run."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from api.crypto import Keyring
from tests.bench import reading
from tests.bench.crowd import QUESTIONS, Target, answers, gather
from tests.bench.load import Measured, run
from tests.databases import PostgresDatabases, SqliteDatabases, postgres

_SECONDS = 6.0
_PEOPLE = 3000
_TARGET = 30  # per cent of the floor
_TOKEN = "a-bench-token"


@contextmanager
def server(factory: str, environment: dict[str, str], port: int, processes: int) -> Iterator[psutil.Process]:
    """A uvicorn of its own, ended by its id."""
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


async def measure(databases: SqliteDatabases | PostgresDatabases, processes: int, *, floor: bool) -> Measured:
    """One run of the service, or of its floor, on a database of its own."""
    url, port, keys = await databases.fresh(), _free_port(), Keyring.generate()
    target = Target(f"http://127.0.0.1:{port}", "/floor" if floor else "/sms/twilio/inbound", _TOKEN)
    environment = {
        "SAWT_DATABASE_URL": url,
        "SAWT_KEYS": keys,
        "SAWT_PUBLIC_URL": target.url,
        "SAWT_TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "SAWT_TWILIO_AUTH_TOKEN": _TOKEN,
        "SAWT_TWILIO_SENDER": "+212600000099",
        "SAWT_TELEGRAM_TOKEN": "",
        "SAWT_LOG_LEVEL": "WARNING",
    }
    if not floor:
        await gather(url, keys, people=_PEOPLE)
    requests = answers(target, people=_PEOPLE)
    factory = "tests.bench.floor:application" if floor else "sawt.serve:application"
    with server(factory, environment, port, processes) as process:
        await listening(port)
        return await run(port, requests, process, seconds=_SECONDS)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


async def main() -> None:
    """Measure everything and print one table."""
    table = Table(title="One answered question: signed webhook in, answer stored, next question out; 16 connections")
    for name in ("database", "processes", "", "answers/s", "p50 ms", "p99 ms", "CPU ms", "of the floor"):
        table.add_column(name, justify="left" if name in ("database", "") else "right")
    with tempfile.TemporaryDirectory() as folder, postgres(durable=True) as found:
        for name, databases in (("SQLite", SqliteDatabases(Path(folder))), ("PostgreSQL", found)):
            for processes in (1, 2):
                low = await measure(databases, processes, floor=True)
                own = await measure(databases, processes, floor=False)
                for label, one in (("floor", low), ("Sawt", own)):
                    share = f"{100 * own.per_second / low.per_second:.0f} %" if one is own else ""
                    numbers = (f"{one.per_second:.0f}", f"{one.p50:.1f}", f"{one.p99:.1f}", f"{one.cpu:.2f}", share)
                    table.add_row(name, str(processes), label, *numbers)
    Console(width=110).print(table)
    median, late, slowest = reading.measure()
    Console(width=110).print(f"Reading a reply: median {median:.0f} µs, p99 {late:.0f} µs, slowest {slowest:.0f} µs")
    Console(width=110).print(f"Target: at least {_TARGET} % of the floor. {_PEOPLE} residents, {QUESTIONS} questions.")


if __name__ == "__main__":
    asyncio.run(main())
