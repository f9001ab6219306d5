"""Waits until others wait for a lock: what happens at the same instant by chance happens so every time."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from tests.world import World

WAITING = "datname = current_database() AND wait_event_type = 'Lock'"  # of pg_stat_activity


async def until_waiting(world: World, number: int) -> None:
    """Return once so many transactions wait for a lock of another.

    On SQLite they wait before they begin, so none of them can have seen anything yet: there is nothing to wait for.
    """
    if world.settings.database_url.startswith("sqlite"):
        return
    engine = world.db.engine.execution_options(isolation_level="AUTOCOMMIT")  # within a transaction it would not change
    async with asyncio.timeout(60), engine.connect() as connection:
        while True:
            found = await connection.scalar(text(f"SELECT count(*) FROM pg_stat_activity WHERE {WAITING}"))
            if (found or 0) >= number:
                return
            await asyncio.sleep(0.01)
