"""How wake-ups reach other processes: by NOTIFY on PostgreSQL, by a file's date beside a database of SQLite."""

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

from api.runtime.supervisor import Note, pause, unheard
from api.runtime.wakeups import Wakeups

log = structlog.get_logger(__name__)

_CHANNEL = "sawt"  # of NOTIFY
_LOOK = 0.04  # seconds between looks at the file's date; a look takes a few microseconds
_PAUSE, _LONGEST = 0.5, 5.0  # seconds before a lost connection is made again: the first time, and at most
_ALIVE = 30.0  # seconds between two proofs that the connection still stands

_NOTIFY = select(func.pg_notify(_CHANNEL, bindparam("said")))


async def notify(session: AsyncSession, wakeups: Wakeups, topics: Iterable[str]) -> None:
    """Tell other processes; they hear it with the transaction's commit, or not at all."""
    await session.execute(_NOTIFY, {"said": " ".join([wakeups.name, *sorted(topics)])})


async def listen(url: URL, wakeups: Wakeups, note: Note = unheard) -> None:
    """Hear PostgreSQL's notifications until cancelled, on a connection of its own that is made again when it is lost.

    Whatever was missed meanwhile, everybody is woken once it is there again.
    """
    engine, failures = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT"), 0
    while True:
        started = time.monotonic()
        try:
            async with engine.connect() as connection:
                note(None)
                await _listening(connection, wakeups)
        except Exception as error:
            log.warning("wakeups.lost", error=type(error).__name__)
            note(error)
        failures = 1 if time.monotonic() - started > _LONGEST else failures + 1
        await asyncio.sleep(pause(failures, first=_PAUSE, longest=_LONGEST))


async def _listening(connection: AsyncConnection, wakeups: Wakeups) -> None:
    """Return once the connection is lost; raises where it turns out to be, as when the server's machine went away."""
    lost = asyncio.Event()
    raw: Any = (await connection.get_raw_connection()).driver_connection
    raw.add_termination_listener(lambda _raw: lost.set())
    await raw.add_listener(_CHANNEL, lambda _raw, _pid, _channel, said: _heard(said, wakeups))
    wakeups.ring()
    while not lost.is_set():
        try:
            await asyncio.wait_for(lost.wait(), _ALIVE)
        except TimeoutError:
            await raw.execute("SELECT 1", timeout=_ALIVE)


def _heard(said: str, wakeups: Wakeups) -> None:
    whose, *topics = said.split()
    if whose != wakeups.name:  # its own it heard at once
        wakeups.ring(topics)


class Stamp:
    """A file whose date says when something was committed last, so that other processes see it without a statement."""

    def __init__(self, database: str) -> None:
        """`database` is the path of its file."""
        self._path = Path(f"{database}-woken")

    def touch(self) -> None:
        """Say that something was committed. Where the file cannot be written, others look when their time has come."""
        now = time.time_ns()  # written by us: two touches within one tick of the file system's clock must differ
        try:
            self._path.touch()
            os.utime(self._path, ns=(now, now))
        except OSError as error:
            log.debug("wakeups.untouched", error=type(error).__name__)

    async def watch(self, wakeups: Wakeups) -> None:
        """Wake everybody whenever a process touched it, until cancelled; this one too, as another may have as well."""
        seen = self._date()
        while True:
            await asyncio.sleep(_LOOK)
            before, seen = seen, self._date()
            if seen != before:
                wakeups.ring()

    def _date(self) -> int:
        try:
            return os.stat(self._path).st_mtime_ns
        except OSError:
            return 0
