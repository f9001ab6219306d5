"""Takes a world's database away for a while, as a lock or a server that ends would."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from tests.world import World


@asynccontextmanager
async def outage(world: World) -> AsyncIterator[None]:
    """No transaction of the world's service succeeds while the block runs."""
    url = make_url(world.settings.database_url)
    if url.drivername.startswith("sqlite"):
        await _pragma(world, "busy_timeout=20")
        with closing(sqlite3.connect(Path(url.database or ""), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
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
    """The database takes no writes while the block runs, as one that just took over from another."""
    url = make_url(world.settings.database_url)
    if url.drivername.startswith("sqlite"):
        await _pragma(world, "query_only=ON")
        yield
    else:
        change = f'ALTER DATABASE "{url.database}" SET default_transaction_read_only ='
        await _tell(url, f"{change} on")
        await world.db.engine.dispose()  # connections learn of it when they are made
        yield
        await _tell(url, f"{change} off")
    await world.db.engine.dispose()


async def _pragma(world: World, setting: str) -> None:
    """Change the one connection of the pool, which all that follows uses."""
    async with world.db.engine.connect() as connection:
        await connection.exec_driver_sql(f"PRAGMA {setting}")


async def _tell(url: URL, statement: str) -> None:
    engine = create_async_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
