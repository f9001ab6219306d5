"""Lanes: one road's sending rate, shared by all processes through a row of the database; and its circuit."""

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
from api.outbox.flow.slots import Slot
from api.outbox.models import Lane
from api.runtime.wakeups import OUTBOX, wake

_FARTHEST = timedelta(seconds=LONGEST_WAIT) + circuit_breaker.REST


async def enter(session: AsyncSession, road: str, *, per_second: float, now: datetime) -> Lane:
    """The lane of a road, locked: whoever reserves slots takes turns. Made where it is missing."""
    query = select(Lane).where(Lane.road == road).with_for_update()
    found: Lane | None = await session.scalar(query)
    if found is None:
        begun = {"next_slot": now, "tried": 0, "failed": 0, "taken": 0, "slowed": 0}
        made = insert(session)(Lane).values(road=road, per_second=per_second, **begun)
        await session.execute(made.on_conflict_do_nothing())
        found = (await session.scalars(query)).one()
    found.per_second = per_second
    _forget_wrong_clock(found, now)
    return found


def _forget_wrong_clock(lane: Lane, now: datetime) -> None:
    """Take back what lies further ahead than anybody asks to wait: a clock was wrong for a moment."""
    if lane.next_slot > now + _FARTHEST:
        lane.next_slot = now
    if lane.paused_until is not None and lane.paused_until > now + _FARTHEST:
        lane.paused_until = now


def begin_trial(lane: Lane, now: datetime) -> bool:
    """Note that messages were claimed. Says whether they try a half-open circuit; no others do until they have."""
    trial = circuit_breaker.state(lane.paused_until, now) is State.HALF_OPEN
    if trial:
        lane.paused_until = now + circuit_breaker.PATIENCE
    return trial


async def try_again(session: AsyncSession, road: str, *, now: datetime) -> None:
    """Let others try a half-open circuit at once: who was to try it came too late. What rests anew goes on resting."""
    patient = (Lane.paused_until > now, Lane.paused_until <= now + circuit_breaker.PATIENCE)
    await session.execute(update(Lane).where(Lane.road == road, *patient).values(paused_until=now))
    wake(session, OUTBOX)


async def make_up(
    session: AsyncSession, road: str, late: Sequence[tuple[Slot, datetime]], *, per_second: float
) -> timedelta:
    """Move the lane away from messages that left late, with the moments they left at. Returns how far."""
    lane = await enter(session, road, per_second=per_second, now=late[0][1])
    before, lane.next_slot = lane.next_slot, slots.made_up(lane, late)
    await session.flush()
    return lane.next_slot - before


async def hold(session: AsyncSession, road: str, *, until: datetime) -> None:
    """Let no process send on this road before a moment: the provider asked all of us to slow down."""
    later = case((Lane.next_slot < until, until), else_=Lane.next_slot)
    await session.execute(update(Lane).where(Lane.road == road).values(next_slot=later))


async def count(
    session: AsyncSession, road: str, *, made: Attempts, trial: Attempts, now: datetime, taken: bool = False
) -> Verdict:
    """Note how attempts went (`trial` are those among `made` that tried a half-open circuit), and do what they say.

    `taken`: one of them was, so that the next wish to slow down is the first one again.
    """
    tried, failed = Lane.tried + made.tried, Lane.failed + made.failed
    fade = case((tried >= 2 * circuit_breaker.SAMPLE, 2), else_=1)
    row = await session.execute(
        update(Lane)
        .where(Lane.road == road)
        .values(tried=tried // fade, failed=failed // fade, **({"slowed": 0} if taken else {}))
        .returning(Lane.tried, Lane.failed)
    )
    latest = Attempts(*row.one_or_none() or made)
    verdict = circuit_breaker.verdict(latest, trial)
    if verdict is Verdict.REST:
        reason = None if trial.tried else f"{latest.failed} of the latest {latest.tried} failed"
        await rest(session, road, until=now + circuit_breaker.REST, reason=reason)
    elif verdict is Verdict.CLOSE:
        usual = (
            Lane.paused_until <= now + circuit_breaker.REST
        )  # who was told to rest for longer meanwhile goes on resting
        await session.execute(update(Lane).where(Lane.road == road, usual).values(paused_until=None, reason=None))
        wake(session, OUTBOX)
    return verdict


async def rest(session: AsyncSession, road: str, *, until: datetime, reason: str | None = None) -> None:
    """Let a lane rest until a moment, and say why, or for the same reason as before; its counts begin anew.

    One that rests for longer already goes on resting, for its own reason.
    """
    longer = Lane.paused_until > until
    why = {"reason": case((longer, Lane.reason), else_=reason[:80])} if reason else {}
    last = case((longer, Lane.paused_until), else_=until)
    await session.execute(update(Lane).where(Lane.road == road).values(paused_until=last, tried=0, failed=0, **why))
    wake(session, OUTBOX)  # others stand in for it


async def resume(session: AsyncSession, road: str, *, who: str, now: datetime) -> Lane:
    """Open a lane again before its rest is over; who did it is recorded. Raises NotFound."""
    found = await session.get(Lane, road, with_for_update=True)
    if found is None:
        raise NotFound(f"there is no lane {road}")
    found.paused_until, found.reason, found.slowed = None, None, 0
    await audit.note(session, who=who, act="lane resumed", subject=f"lane {road}"[:40], now=now)
    wake(session, OUTBOX)
    return found


async def every(session: AsyncSession) -> Sequence[Lane]:
    """All lanes."""
    return (await session.scalars(select(Lane).order_by(func.lower(Lane.road)))).all()


async def resting(session: AsyncSession, *, now: datetime) -> Sequence[Lane]:
    """The lanes that rest."""
    return (await session.scalars(select(Lane).where(Lane.paused_until > now))).all()


async def all_rest(session: AsyncSession, roads: Sequence[str], *, now: datetime) -> bool:
    """Whether each of these roads rests."""
    if not roads:
        return True
    found = await session.scalar(
        select(func.count()).select_from(Lane).where(Lane.road.in_(roads), Lane.paused_until > now)
    )
    return found == len(roads)
