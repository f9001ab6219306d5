"""Acts of many transactions at once leave one chain without gaps, and nobody deadlocks."""

from __future__ import annotations

import asyncio
from asyncio import timeout
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from api import audit
from api.audit import service
from api.db import Database

CONNECTIONS = 20


async def test_an_act_holds_nobody_up_before_its_transaction_ends(database_url: str) -> None:
    """The head is the last lock of a transaction: whoever waits for anything else does not have it."""
    db = Database(database_url)
    async with timeout(60), db.transaction() as slow:
        await audit.note(slow, who="amina", act="slow", subject="resident 1", now=datetime.now(UTC))
        async with db.transaction() as quick:
            await audit.note(quick, who="idir", act="quick", subject="resident 2", now=datetime.now(UTC))
    async with db.viewing() as session:
        assert [*await session.scalars(select(audit.Act.act).order_by(audit.Act.seq))] == ["quick", "slow"]
    await db.close()


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
