"""Count how many deliveries of a campaign are in each state, and how many reached a state in each minute."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from api.db import insert
from api.outbox.models import MinuteCount, StateCount
from api.outbox.states import LOST, DeliveryState

_SLOTS = 8  # rows per counter, to be added up: processes write to different rows, so they rarely wait for each other


class Cell(NamedTuple):
    """The key of one counter: a campaign, a text, a province, a state and a reason."""

    campaign_id: int
    body_id: int
    province: str
    state: DeliveryState
    reason: str


class QueuedCount(NamedTuple):
    """The number of deliveries that were queued with one text in one province."""

    body_id: int
    province: str
    deliveries: int


class MovedDelivery(Protocol):
    """A delivery whose state changed. `prior` is its earlier state, and `state` the new one."""

    campaign_id: int | None
    body_id: int | None
    province: str
    prior: DeliveryState
    state: DeliveryState
    reason: str | None


class Changes:
    """The changes of counters in one transaction.

    They are written at its end, so that rows shared with other transactions are locked only briefly.
    """

    def __init__(self) -> None:
        """Start with no changes."""
        self._cells: Counter[Cell] = Counter()
        self._arrived: Counter[tuple[int, str]] = Counter()

    def add(self, moved: Iterable[MovedDelivery], count: int = 1) -> None:
        """Record that deliveries changed their state. Deliveries without a campaign are not counted."""
        for each in moved:
            if each.campaign_id is None:
                continue
            key = (each.campaign_id, each.body_id or 0, each.province)
            self._cells[Cell(*key, each.prior, "")] -= count
            reason = (each.reason or "") if each.state in LOST else ""
            self._cells[Cell(*key, each.state, reason)] += count
            self._arrived[each.campaign_id, each.state] += count

    def queue(self, campaign_id: int, queued: Iterable[QueuedCount]) -> None:
        """Record newly queued deliveries of a campaign."""
        for body_id, province, count in queued:
            self._cells[Cell(campaign_id, body_id, province, DeliveryState.QUEUED, "")] += count

    def move_one(self, before: Cell, after: Cell) -> None:
        """Move one delivery from the counter `before` to the counter `after`."""
        self._cells[before] -= 1
        self._cells[after] += 1

    async def write(self, session: AsyncSession, *, now: datetime) -> None:
        """Write the recorded changes to the database, sorted, so that concurrent transactions do not deadlock."""
        slot = os.getpid() % _SLOTS
        cells = [{**cell._asdict(), "slot": slot, "count": count} for cell, count in sorted(self._cells.items())]
        minute = now.replace(second=0, microsecond=0)
        flows = [
            {"campaign_id": campaign_id, "minute": minute, "state": state, "slot": slot, "count": count}
            for (campaign_id, state), count in sorted(self._arrived.items())
        ]
        await _add(session, StateCount, [cell for cell in cells if cell["count"]])
        await _add(session, MinuteCount, flows)
        self._cells.clear()
        self._arrived.clear()


async def _add(session: AsyncSession, table: type[StateCount | MinuteCount], rows: Sequence[dict[str, object]]) -> None:
    if not rows:
        return
    statement = insert(session)(table)
    keys = [column.name for column in table.__table__.primary_key]
    upsert = statement.on_conflict_do_update(
        index_elements=keys, set_={"count": table.count + statement.excluded.count}
    )
    connection = await session.connection()
    await connection.execute(upsert, rows)
