"""Measures how soon a queued message leaves: from the commit that queues it to its receipt by the provider."""

from __future__ import annotations

import asyncio
import statistics
import time
from typing import Any

from sqlalchemy import insert

from api.clock import now
from api.db import Database
from api.outbox.models import Delivery
from api.outbox.write.replies import NOTICE
from api.runtime.wakeups import OUTBOX, wake
from tests.databases import PostgresDatabases
from tests.outbox.queued import queue
from tests.wire.checker import WireChecker
from tests.world import KEYRING, World, living

TARGET = 50  # milliseconds, the median
_TIMES = 40


async def measured(name: str, databases: Any) -> list[dict[str, Any]]:
    """Queue single messages in an idle service, in its own process, and with PostgreSQL through another connection."""
    url = await databases.fresh()
    rows = []
    async with living(url, WireChecker.load(), background=["deliver", "schedule"]) as world:
        world.now.be_real()
        await queue(world.db, KEYRING, count=1)
        await world.network.settled()
        rows.append(_row(name, "the service itself", await _times(world, world.db)))
        if isinstance(databases, PostgresDatabases):
            other = Database(url)
            rows.append(_row(name, "another process (NOTIFY)", await _times(world, other)))
            await other.close()
    return rows


async def _times(world: World, db: Database) -> list[float]:
    """Return the milliseconds that each of some messages took."""
    taken = []
    for _ in range(_TIMES):
        await asyncio.sleep(0.2)  # the deliverer sleeps again
        before = len(world.network.sms.messages)
        async with db.transaction() as session:
            await session.execute(insert(Delivery).values(_delivery()))
            wake(session, OUTBOX)
        start = time.perf_counter()
        while len(world.network.sms.messages) == before:  # noqa: ASYNC110 - the provider has no event for it
            await asyncio.sleep(0.001)
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def _delivery() -> dict[str, Any]:
    at = now()
    return {
        "channel": "sms", "road": "twilio", "address_id": 1, "resident_id": 1, "priority": NOTICE, "state": "queued",
        "body_id": 1, "campaign_id": None, "province": "", "due_at": at, "created_at": at, "attempts": 0,
    }  # fmt: skip


def _row(database: str, queued_by: str, taken: list[float]) -> dict[str, Any]:
    return {
        "family": "waking", "database": database, "queued by": queued_by, "messages": len(taken),
        "median ms": round(statistics.median(taken), 1), "slowest ms": round(max(taken), 1),
    }  # fmt: skip
