"""Lanes: one road's sending rate, shared by all processes through a row of the database; and its fuse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import insert
from api.errors import NotFound
from api.outbox.models import Lane

AHEAD = timedelta(seconds=1)  # slots are reserved no further ahead: a process that dies wastes no more
_APART = 1.01  # slots stand this much further apart than the rate says, so that a jolt on the wire does not exceed it
_SAMPLE = 50  # attempts before the fuse may blow; twice as many are remembered
_SHARE = 0.5  # of failures among them
FUSE = timedelta(minutes=5)  # how long a lane rests by itself, before it tries again


async def enter(session: AsyncSession, road: str, *, per_second: float, now: datetime) -> Lane:
    """The lane of a road, locked: whoever reserves slots takes turns. Made where it is missing."""
    query = select(Lane).where(Lane.road == road).with_for_update()
    found: Lane | None = await session.scalar(query)
    if found is None:
        made = insert(session)(Lane).values(road=road, per_second=per_second, next_slot=now, tried=0, failed=0)
        await session.execute(made.on_conflict_do_nothing())
        found = (await session.scalars(query)).one()
    found.per_second = per_second
    return found


def room(lane: Lane, now: datetime) -> int:
    """How many segments may be reserved now; none while the lane rests."""
    if lane.paused_until is not None and lane.paused_until > now:
        return 0
    start = max(lane.next_slot, now)
    return max(int((now + AHEAD - start).total_seconds() * lane.per_second), 0)


def reserve(lane: Lane, now: datetime, parts: Sequence[int]) -> list[datetime]:
    """A slot for each message, one after another; a message takes as many as it has segments."""
    slots, slot = [], max(lane.next_slot, now)
    for count in parts:
        slots.append(slot)
        slot += timedelta(seconds=max(count, 1) * _APART / lane.per_second)
    lane.next_slot = slot
    return slots


async def hold(session: AsyncSession, road: str, *, until: datetime) -> None:
    """Let no process send on this road before a moment: the provider asked all of us to slow down."""
    later = case((Lane.next_slot < until, until), else_=Lane.next_slot)
    await session.execute(update(Lane).where(Lane.road == road).values(next_slot=later))


async def count(session: AsyncSession, road: str, *, tried: int, failed: int, now: datetime) -> bool:
    """Note how attempts went. Says whether the fuse blew: too many of the latest failed, and the lane rests."""
    row = await session.execute(
        update(Lane)
        .where(Lane.road == road)
        .values(tried=Lane.tried + tried, failed=Lane.failed + failed)
        .returning(Lane.tried, Lane.failed)
    )
    totals = row.first()
    if totals is None:
        return False
    blown = bool(totals.tried >= _SAMPLE and totals.failed >= _SHARE * totals.tried)
    if blown:
        await rest(session, road, until=now + FUSE, reason=f"{totals.failed} of the latest {totals.tried} failed")
    elif totals.tried >= 2 * _SAMPLE:
        await session.execute(
            update(Lane).where(Lane.road == road).values(tried=Lane.tried / 2, failed=Lane.failed / 2)
        )
    return blown


async def rest(session: AsyncSession, road: str, *, until: datetime, reason: str) -> None:
    """Let a lane rest until a moment, and say why; its counts begin anew."""
    await session.execute(
        update(Lane).where(Lane.road == road).values(paused_until=until, reason=reason[:80], tried=0, failed=0)
    )


async def resume(session: AsyncSession, road: str) -> Lane:
    """Open a lane again before its rest is over. Raises NotFound."""
    found = await session.get(Lane, road, with_for_update=True)
    if found is None:
        raise NotFound(f"there is no lane {road}")
    found.paused_until, found.reason = None, None
    return found


async def every(session: AsyncSession) -> Sequence[Lane]:
    """All lanes."""
    return (await session.scalars(select(Lane).order_by(func.lower(Lane.road)))).all()
