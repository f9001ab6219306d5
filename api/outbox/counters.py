"""Tallies: how many deliveries of a campaign are in which state, and when they came there."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from api.db import insert
from api.outbox import states
from api.outbox.models import Flow, Tally

_SLOTS = 8  # rows that processes share the counting out to, so that they seldom wait for each other


class Cell(NamedTuple):
    """What is counted together."""

    campaign_id: int
    body_id: int
    province: str
    state: str
    reason: str


class Moved(Protocol):
    """A delivery that came from one state to another."""

    campaign_id: int | None
    body_id: int | None
    province: str
    prior: str
    state: str
    reason: str | None


class Changes:
    """What a transaction changed, to be written at its end: rows that all share are locked for a moment only."""

    def __init__(self) -> None:
        """Nothing has changed yet."""
        self._cells: Counter[Cell] = Counter()
        self._arrived: Counter[tuple[int, str]] = Counter()

    def add(self, moved: Iterable[Moved], count: int = 1) -> None:
        """Note deliveries that moved. Replies belong to no campaign and are not counted."""
        for each in moved:
            if each.campaign_id is None:
                continue
            place = (each.campaign_id, each.body_id or 0, each.province)
            self._cells[Cell(*place, each.prior, "")] -= count
            reason = (each.reason or "") if each.state in states.LOST else ""
            self._cells[Cell(*place, each.state, reason)] += count
            self._arrived[each.campaign_id, each.state] += count

    def queue(self, campaign_id: int, queued: Iterable[tuple[int, str, int]]) -> None:
        """Note deliveries that are new, as (body, province, how many)."""
        for body_id, province, count in queued:
            self._cells[Cell(campaign_id, body_id, province, states.QUEUED, "")] += count

    def turn(self, before: Cell, after: Cell) -> None:
        """Note one delivery that is counted elsewhere from now on."""
        self._cells[before] -= 1
        self._cells[after] += 1

    async def write(self, session: AsyncSession, *, now: datetime) -> None:
        """Write it. In order, so that no two transactions wait for each other."""
        slot = os.getpid() % _SLOTS
        cells = [{**cell._asdict(), "slot": slot, "count": count} for cell, count in sorted(self._cells.items())]
        minute = now.replace(second=0, microsecond=0)
        flows = [
            {"campaign_id": campaign_id, "minute": minute, "state": state, "slot": slot, "count": count}
            for (campaign_id, state), count in sorted(self._arrived.items())
        ]
        await _add(session, Tally, [cell for cell in cells if cell["count"]])
        await _add(session, Flow, flows)
        self._cells.clear()
        self._arrived.clear()


async def _add(session: AsyncSession, table: type[Tally | Flow], rows: Sequence[dict[str, object]]) -> None:
    if not rows:
        return
    made = insert(session)(table)
    keys = [column.name for column in table.__table__.primary_key]
    summed = made.on_conflict_do_update(index_elements=keys, set_={"count": table.count + made.excluded.count})
    connection = await session.connection()
    await connection.execute(summed, rows)
