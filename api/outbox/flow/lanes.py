"""Lanes: the database row of each road (a delivery route), with its rate and circuit breaker, for all processes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.channel import LONGEST_WAIT
from api.db import insert
from api.errors import NotFound
from api.outbox.flow import circuit_breaker, slots
from api.outbox.flow.circuit_breaker import Attempts, State, Verdict
from api.outbox.flow.slots import LateDeparture
from api.outbox.models import Lane
from api.runtime.wakeups import OUTBOX, wake

_FARTHEST = timedelta(seconds=LONGEST_WAIT) + circuit_breaker.REST


async def enter(session: AsyncSession, road: str, *, per_second: float, now: datetime) -> Lane:
    """Return a road's lane, locked, and create it if needed. So processes reserve slots one after another."""
    query = select(Lane).where(Lane.road == road).with_for_update()
    lane: Lane | None = await session.scalar(query)
    if lane is None:
        values = {"next_slot": now, "tried": 0, "failed": 0, "taken": 0, "slowed": 0}
        statement = insert(session)(Lane).values(road=road, per_second=per_second, **values)
        await session.execute(statement.on_conflict_do_nothing())
        lane = (await session.scalars(query)).one()
    lane.per_second = per_second
    _forget_wrong_clock(lane, now)
    return lane


def _forget_wrong_clock(lane: Lane, now: datetime) -> None:
    """Reset times that a process with a wrong clock set too far ahead."""
    if lane.next_slot > now + _FARTHEST:
        lane.next_slot = now
    if lane.paused_until is not None and lane.paused_until > now + _FARTHEST:
        lane.paused_until = now


def begin_trial(lane: Lane, now: datetime) -> bool:
    """Let the messages just claimed, and no others, test a half-open circuit; return whether they do."""
    trial = circuit_breaker.state(lane.paused_until, now) is State.HALF_OPEN
    if trial:
        lane.paused_until = now + circuit_breaker.PATIENCE
    return trial


async def retry_trial(session: AsyncSession, road: str, *, now: datetime) -> None:
    """Let other messages test a half-open circuit, because the first ones were not sent."""
    # a longer pause stays
    unsettled_trial = (Lane.paused_until > now, Lane.paused_until <= now + circuit_breaker.PATIENCE)
    await session.execute(update(Lane).where(Lane.road == road, *unsettled_trial).values(paused_until=now))
    wake(session, OUTBOX)


async def delay_after(
    session: AsyncSession, road: str, late: Sequence[LateDeparture], *, per_second: float
) -> timedelta:
    """Postpone the lane's next slot because messages left late; return by how much it was postponed."""
    lane = await enter(session, road, per_second=per_second, now=late[0].left_at)
    before, lane.next_slot = lane.next_slot, slots.next_slot_after(lane, late)
    await session.flush()
    return lane.next_slot - before


async def hold(session: AsyncSession, road: str, *, until: datetime) -> None:
    """Give no slot on a road before a given time, because the provider asked us to slow down."""
    later = case((Lane.next_slot < until, until), else_=Lane.next_slot)
    await session.execute(update(Lane).where(Lane.road == road).values(next_slot=later))


async def record_attempts(
    session: AsyncSession, road: str, *, attempts: Attempts, trial: Attempts, now: datetime, accepted: bool = False
) -> Verdict:
    """Record attempts to send. Pause or resume the road if the circuit breaker decides so, and return its verdict.

    `trial` counts the attempts that tested a half-open circuit. If the provider `accepted` a message, its requests to
    slow down are counted from zero again.
    """
    tried, failed = Lane.tried + attempts.tried, Lane.failed + attempts.failed
    fade = case((tried >= 2 * circuit_breaker.SAMPLE, 2), else_=1)
    row = await session.execute(
        update(Lane)
        .where(Lane.road == road)
        .values(tried=tried // fade, failed=failed // fade, **({"slowed": 0} if accepted else {}))
        .returning(Lane.tried, Lane.failed)
    )
    latest = Attempts(*row.one_or_none() or attempts)
    verdict = circuit_breaker.verdict(latest, trial)
    if verdict is Verdict.REST:
        reason = None if trial.tried else f"{latest.failed} of the latest {latest.tried} messages failed"
        await rest(session, road, until=now + circuit_breaker.REST, reason=reason)
    elif verdict is Verdict.CLOSE:
        ordinary_rest = Lane.paused_until <= now + circuit_breaker.REST  # a longer pause set in the meantime continues
        resumed = update(Lane).where(Lane.road == road, ordinary_rest).values(paused_until=None, reason=None)
        await session.execute(resumed)
        wake(session, OUTBOX)
    return verdict


async def rest(session: AsyncSession, road: str, *, until: datetime, reason: str | None = None) -> None:
    """Pause a lane until a given time, and count its attempts from zero. Without a `reason` the earlier reason stays.

    A lane that is already paused for longer keeps its time and reason.
    """
    longer = Lane.paused_until > until
    why = {"reason": case((longer, Lane.reason), else_=reason[:80])} if reason else {}
    last = case((longer, Lane.paused_until), else_=until)
    await session.execute(update(Lane).where(Lane.road == road).values(paused_until=last, tried=0, failed=0, **why))
    wake(session, OUTBOX)  # the backup roads must check whether to take over


async def resume(session: AsyncSession, road: str, *, who: str, now: datetime) -> Lane:
    """End the pause of a lane and record who ended it. Raises NotFound."""
    lane = await session.get(Lane, road, with_for_update=True)
    if lane is None:
        raise NotFound(f"there is no lane {road}: see 'sawt lanes list'")
    lane.paused_until, lane.reason, lane.slowed = None, None, 0
    changed = audit.altered(lane, "paused_until", "reason")
    await audit.note(session, who=who, act="lane resumed", subject=f"lane {road}"[:40], now=now, **changed)
    wake(session, OUTBOX)
    return lane


async def list_all(session: AsyncSession) -> Sequence[Lane]:
    """Return all lanes, sorted by name."""
    return (await session.scalars(select(Lane).order_by(func.lower(Lane.road)))).all()


async def resting(session: AsyncSession, *, now: datetime) -> Sequence[Lane]:
    """Return the lanes that are paused now."""
    return (await session.scalars(select(Lane).where(Lane.paused_until > now))).all()


async def all_rest(session: AsyncSession, roads: Sequence[str], *, now: datetime) -> bool:
    """Whether all of these roads are paused. If no roads are given, the result is True."""
    if not roads:
        return True
    count = await session.scalar(
        select(func.count()).select_from(Lane).where(Lane.road.in_(roads), Lane.paused_until > now)
    )
    return count == len(roads)
