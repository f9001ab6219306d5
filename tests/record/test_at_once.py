"""Acts of many transactions at once leave one chain without gaps, and nobody deadlocks."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from api import audit
from api.audit import service
from api.db import Database

CONNECTIONS = 20


@pytest.mark.parametrize("count", [300, pytest.param(10_000, marks=pytest.mark.whole)])
async def test_concurrent_acts_leave_one_chain(database_url: str, count: int) -> None:
    db = Database(database_url, pool_size=CONNECTIONS)
    numbers = iter(range(count))

    async def act() -> None:
        for number in numbers:
            async with db.transaction() as session:
                subject = f"resident {number}"
                await audit.note(session, who="amina", act="show", subject=subject, now=datetime.now(UTC))

    await asyncio.gather(*(act() for _ in range(CONNECTIONS)))
    assert (await service.verify_all(db)).seq == count
    await db.close()
