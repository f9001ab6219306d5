"""Send wake-ups to other processes: with NOTIFY on PostgreSQL, with the timestamp of a file on SQLite."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import URL, NullPool, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine

from api.runtime.supervisor import Note, backoff, ignore
from api.runtime.wakeups import Wakeups

log = structlog.get_logger(__name__)

_CHANNEL = "sawt"  # for NOTIFY
_LOOK = 0.04  # seconds between checks of the file's timestamp; a check takes a few microseconds
_PAUSE, _LONGEST = 0.5, 5.0  # seconds before reconnecting: first and maximum
_ALIVE = 30.0  # seconds between checks that the connection is alive

_NOTIFY = select(func.pg_notify(_CHANNEL, bindparam("said")))


async def notify(session: AsyncSession, wakeups: Wakeups, topics: Iterable[str]) -> None:
    """Wake the tasks of other processes that wait for these topics, once the transaction commits."""
    await session.execute(_NOTIFY, {"said": " ".join([wakeups.name, *sorted(topics)])})


async def listen(url: URL, wakeups: Wakeups, note: Note = ignore) -> None:
    """Receive PostgreSQL's notifications until cancelled, on a separate connection.

    If the connection is lost, it is opened again. Then all tasks are woken, since
    notifications may have been missed.
    """
    engine, failures = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT"), 0
    while True:
        started = time.monotonic()
        try:
            async with engine.connect() as connection:
                note(None)
                await _listening(connection, wakeups)
        except Exception as error:
            log.warning("wakeups.connection_lost", error=type(error).__name__)
            note(error)
        failures = 1 if time.monotonic() - started > _LONGEST else failures + 1
        await asyncio.sleep(backoff(failures, first=_PAUSE, longest=_LONGEST))


async def _listening(connection: AsyncConnection, wakeups: Wakeups) -> None:
    """Receive notifications until the connection closes. Raises an error if it is dead."""
    lost = asyncio.Event()
    raw: Any = (await connection.get_raw_connection()).driver_connection
    raw.add_termination_listener(lambda _raw: lost.set())
    await raw.add_listener(_CHANNEL, lambda _raw, _pid, _channel, payload: _receive(payload, wakeups))
    wakeups.ring()
    while not lost.is_set():
        try:
            await asyncio.wait_for(lost.wait(), _ALIVE)
        except TimeoutError:
            # fails on a dead connection, for example after the server's machine has failed
            await raw.execute("SELECT 1", timeout=_ALIVE)


def _receive(payload: str, wakeups: Wakeups) -> None:
    sender, *topics = payload.split()
    if sender != wakeups.name:  # this process woke its own tasks at once
        wakeups.ring(topics)


class Stamp:
    """A file whose timestamp tells other processes of a commit, without an SQL statement."""

    def __init__(self, database: str) -> None:
        """Use a file next to the database file, whose path is `database`."""
        self._path = Path(f"{database}-woken")

    def touch(self) -> None:
        """Record a commit in the file's timestamp. If that fails, other processes notice it at their next check."""
        now = time.time_ns()  # set explicitly, since two touches may fall within one tick of the file system's clock
        try:
            self._path.touch()
            os.utime(self._path, ns=(now, now))
        except OSError as error:
            log.debug("wakeups.touch_failed", error=type(error).__name__)

    async def watch(self, wakeups: Wakeups) -> None:
        """Wake all tasks of this process whenever any process touches the file. Runs until cancelled."""
        seen = self._timestamp()
        while True:
            await asyncio.sleep(_LOOK)
            before, seen = seen, self._timestamp()
            if seen != before:
                wakeups.ring()

    def _timestamp(self) -> int:
        try:
            return os.stat(self._path).st_mtime_ns
        except OSError:
            return 0
