"""Measures claiming and settling with an instant channel: deliveries per second of one process."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Sequence
from typing import Any

import psutil
from sqlalchemy import select

from api import clock
from api.channel import Choice, Outgoing, Preview, SendResult
from api.db import Database
from api.outbox.context import OutboxContext
from api.outbox.flow import send_windows
from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.outbox.worker.deliverer import Deliverer
from api.routing.roads import Road, Roads
from api.security.crypto import Keyring
from api.settings import Settings
from tests.outbox.queued import queue

TARGET = 5_000  # deliveries a second
AT_ONCE = (Settings.model_fields["at_once"].default, 2_000)  # the default, and larger batches


class Nothing:
    """A channel that accepts everything at once."""

    name = "sms"

    async def send(self, message: Outgoing) -> SendResult:
        return SendResult(f"SM{message.delivery_id:032d}")

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:
        return Preview(parts=1, encoding="GSM-7", units=len(text))


async def measured(database: str, url: str, rows: int, at_once: int) -> dict[str, Any]:
    """Deliver this many rows by one process, as the service does."""
    db, keyring = Database(url), Keyring.parse(Keyring.generate())
    await queue(db, keyring, count=rows, campaign=1)
    async with db.transaction() as session:
        await send_windows.set_window(session, 1, opens_at=clock.now(), closes_at=None)
    road = Road(name="twilio", provider="twilio", per_second=math.inf)
    settings = Settings(_env_file=None, at_once=at_once)
    means = OutboxContext(db=db, keyring=keyring, roads=Roads([road]), settings=settings, clock=clock.now)
    deliverer, process = Deliverer(Nothing(), road, means), psutil.Process()
    await deliverer.once()  # warm up: compile statements, open connections
    peak, start, cpu = 0, time.perf_counter(), sum(process.cpu_times()[:2])
    running = asyncio.create_task(deliverer.run())
    while await _left(db):
        peak = max(peak, process.memory_info().rss)
        await asyncio.sleep(0.2)
    wall, cpu = time.perf_counter() - start, sum(process.cpu_times()[:2]) - cpu
    running.cancel()
    await asyncio.wait([running])
    await db.close()
    done = rows - at_once
    return {
        "family": "claiming and settling, a channel that takes no time", "database": database, "at_once": at_once,
        "rows": done, "per_second": round(done / wall), "cpu_us_each": round(1e6 * cpu / done),
        "peak_mb": peak // 2**20,
    }  # fmt: skip


async def _left(db: Database) -> bool:
    unsettled = select(Delivery.id).where(Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING))).limit(1)
    async with db.transaction() as session:
        return await session.scalar(unsettled) is not None
