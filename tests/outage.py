"""Makes a world's database unavailable for a while, as a lock or a server shutdown would."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from api.runtime import sqlite_turns
from tests.locks import WAITING
from tests.world import World


@asynccontextmanager
async def outage(world: World) -> AsyncIterator[None]:
    """Make every transaction of the service fail while the block runs."""
    url = make_url(world.settings.database_url)
    if url.drivername.startswith("sqlite"):
        patience, sqlite_turns.PATIENCE = sqlite_turns.PATIENCE, 0.02
        with closing(sqlite3.connect(Path(url.database or ""), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            try:
                yield
            finally:
                sqlite_turns.PATIENCE = patience
            other.execute("ROLLBACK")
        return
    name = url.database
    await _tell(url, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    await _tell(url, f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'")
    try:
        yield
    finally:
        await _tell(url, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


@asynccontextmanager
async def only_reading(world: World) -> AsyncIterator[None]:
    """Make the database refuse writes while the block runs, like a standby that just took over."""
    url = make_url(world.settings.database_url)
    if url.drivername.startswith("sqlite"):
        await _pragma(world, "query_only=ON")
        yield
    else:
        change = f'ALTER DATABASE "{url.database}" SET default_transaction_read_only ='
        await _tell(url, f"{change} on")
        await world.db.engine.dispose()  # only new connections have the setting
        yield
        await _tell(url, f"{change} off")
    await world.db.engine.dispose()


@asynccontextmanager
async def interruption(world: World) -> AsyncIterator[None]:
    """Let no ballot be cast while the block runs: a turn that tries is aborted, with all its changes.

    On SQLite a turn fails at its beginning instead, since once begun it has the file to itself.
    """
    url = make_url(world.settings.database_url)
    if url.drivername.startswith("sqlite"):
        async with outage(world):
            yield
        return
    engine, over = create_async_engine(url), asyncio.Event()
    try:
        async with engine.connect() as locker:
            await locker.execute(text("LOCK TABLE ballots IN EXCLUSIVE MODE"))
            ending = asyncio.create_task(_terminate_waiting(url, until=over))
            try:
                yield
            finally:
                over.set()
                await ending
    finally:
        await engine.dispose()


async def _terminate_waiting(url: URL, *, until: asyncio.Event) -> None:
    engine = create_async_engine(url, isolation_level="AUTOCOMMIT")
    ending = text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {WAITING}")
    async with engine.connect() as connection:
        while not until.is_set():  # never cancelled: a cancelled query would leave a connection open
            await connection.execute(ending)
            await asyncio.sleep(0.01)
    await engine.dispose()


async def _pragma(world: World, setting: str) -> None:
    """Change a setting of the pool's only connection."""
    async with world.db.engine.connect() as connection:
        await connection.exec_driver_sql(f"PRAGMA {setting}")


async def _tell(url: URL, statement: str) -> None:
    engine = create_async_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
