"""Closing a database waits for running transactions, so that no connection stays open."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from api.db import Database


async def test_what_is_under_way_ends_first(database_url: str) -> None:
    db = Database(database_url)
    begun, go = asyncio.Event(), asyncio.Event()

    async def work() -> int:
        async with db.transaction() as session:
            await session.execute(text("SELECT 1"))  # uses a connection from here on
            begun.set()
            await go.wait()
            return int((await session.execute(text("SELECT 7"))).scalar_one())

    working = asyncio.create_task(work())
    await begun.wait()
    closing = asyncio.create_task(db.close())
    await asyncio.sleep(0)
    assert not closing.done()
    go.set()
    await closing
    assert await working == 7
