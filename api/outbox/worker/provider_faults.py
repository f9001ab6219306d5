"""What a provider's refusal means for all that goes by a road: how long it waits, and whether it rests meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Misconfigured, SendError, Throttled
from api.outbox.flow import circuit_breaker, lanes
from api.outbox.models import Lane

log = structlog.get_logger(__name__)

GROWN = timedelta(minutes=15)  # the longest pause that refusals without a time grow to
# How long a road rests whose messages are taken first and fail later for a reason of ours: being taken proves nothing
# there, so that a trial costs messages.
LATE_REST = timedelta(hours=1)


def pause(error: SendError) -> timedelta | None:
    """When a message that was refused so is due again, at the earliest; None where it is not, for all this says.

    Its road may be held, or rest, for longer. Then its backups may take the message.
    """
    if isinstance(error, Throttled):
        return min(timedelta(seconds=error.retry_after), circuit_breaker.REST)
    return circuit_breaker.REST if isinstance(error, Misconfigured) else None


async def heed(
    session: AsyncSession, road: str, errors: Iterable[SendError], *, now: datetime, late: bool = False
) -> None:
    """Hold the road, or let it rest, as these refusals ask. It locks the lane: deliveries and tallies come before it.

    `late`: the provider had taken the messages, and told of it by a callback. Many such come together: the first of
    them is enough.
    """
    if late and await _rests(session, road, now):
        return
    for error in {(type(each), each.reason, getattr(each, "retry_after", 0)): each for each in errors}.values():
        if isinstance(error, Misconfigured):
            log.error("outbox.misconfigured", road=road, reason=error.reason, meaning=error.words)
            wait = LATE_REST if late else circuit_breaker.REST
            await lanes.rest(session, road, until=now + wait, reason=_said("misconfigured", error))
        elif isinstance(error, Throttled):
            await _slow_down(session, road, error, now)


async def _rests(session: AsyncSession, road: str, now: datetime) -> bool:
    resting = select(Lane.road).where(Lane.road == road, Lane.paused_until > now + circuit_breaker.PATIENCE)
    return await session.scalar(resting) is not None


async def _slow_down(session: AsyncSession, road: str, error: Throttled, now: datetime) -> None:
    """A short wait holds the lane. One that outlasts a rest lets it rest, so that its backup stands in."""
    wait = timedelta(seconds=error.retry_after)
    if error.grows:
        wait = await _grown(session, road, wait, now)
    if wait > circuit_breaker.REST:
        log.error("outbox.asked_to_wait", road=road, reason=error.reason, meaning=error.words, wait=str(wait))
        await lanes.rest(session, road, until=now + wait, reason=_said("asked to wait", error))
    else:
        await lanes.hold(session, road, until=now + wait)


async def _grown(session: AsyncSession, road: str, first: timedelta, now: datetime) -> timedelta:
    """The next longer pause; or what is left of the one that others, sent in the same moment, brought about already."""
    lane: Lane | None = await session.scalar(
        select(Lane).where(Lane.road == road).with_for_update().execution_options(populate_existing=True)
    )
    if lane is None:
        return first
    held: timedelta = max(lane.next_slot, lane.paused_until or now) - now
    last = grown(first, lane.slowed - 1)
    if lane.slowed and held >= last / 2:
        return held
    wait = grown(first, lane.slowed)
    lane.slowed += 1
    await session.flush()
    return wait


def grown(first: timedelta, before: int) -> timedelta:
    """The pause after so many others in a row: doubled each time, up to GROWN."""
    return min(first * (1 << min(max(before, 0), 20)), max(GROWN, first))


def _said(what: str, error: SendError) -> str:
    """Why a lane rests, for staff."""
    return f"{what}: {error.reason}" + (f", {error.words}" if error.words else "")
