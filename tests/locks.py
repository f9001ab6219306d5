"""Waits until other transactions wait for a lock, so that races happen every time."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from tests.world import World

WAITING = "datname = current_database() AND wait_event_type = 'Lock'"  # of pg_stat_activity


async def until_waiting(world: World, number: int) -> None:
    """Return once `number` transactions wait for another's lock.

    Returns at once on SQLite, where they wait before they begin and so have read nothing.
    """
    if world.settings.database_url.startswith("sqlite"):
        return
    engine = world.db.engine.execution_options(isolation_level="AUTOCOMMIT")  # a transaction would not see changes
    async with asyncio.timeout(60), engine.connect() as connection:
        while True:
            waiting = await connection.scalar(text(f"SELECT count(*) FROM pg_stat_activity WHERE {WAITING}"))
            if (waiting or 0) >= number:
                return
            await asyncio.sleep(0.01)
