"""What a provider's refusal means for a road: how long messages wait, and whether the road (a route) is paused."""

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

GROWN = timedelta(minutes=15)  # the longest pause after repeated refusals that named no time
# How long a road is paused if its messages are accepted but fail later for a reason on our side. Acceptance proves
# nothing in that case, so every test of the road loses messages.
LATE_REST = timedelta(hours=1)


def pause(error: SendError) -> timedelta | None:
    """Return how long a refused message must wait before it is tried again; None if this error needs no wait.

    The road may be paused for longer. Then a backup road may take the message.
    """
    if isinstance(error, Throttled):
        return min(timedelta(seconds=error.retry_after), circuit_breaker.REST)
    return circuit_breaker.REST if isinstance(error, Misconfigured) else None


async def apply(
    session: AsyncSession, road: str, errors: Iterable[SendError], *, now: datetime, late: bool = False
) -> None:
    """Delay or pause the road if these refusals require it.

    This locks the lane, so the caller must lock deliveries and counters before. If the provider had accepted the
    messages and reported the failure in a callback, `late` is true.
    """
    # many such callbacks arrive together: only the first has an effect
    if late and await _rests(session, road, now):
        return
    for error in {(type(each), each.reason, getattr(each, "retry_after", 0)): each for each in errors}.values():
        if isinstance(error, Misconfigured):
            log.error("outbox.misconfigured", road=road, reason=error.reason, meaning=error.words)
            wait = LATE_REST if late else circuit_breaker.REST
            await lanes.rest(session, road, until=now + wait, reason=_reason_text("misconfigured", error))
        elif isinstance(error, Throttled):
            await _slow_down(session, road, error, now)


async def _rests(session: AsyncSession, road: str, now: datetime) -> bool:
    resting = select(Lane.road).where(Lane.road == road, Lane.paused_until > now + circuit_breaker.PATIENCE)
    return await session.scalar(resting) is not None


async def _slow_down(session: AsyncSession, road: str, error: Throttled, now: datetime) -> None:
    """Make the road wait as long as the provider asks."""
    wait = timedelta(seconds=error.retry_after)
    if error.grows:
        wait = await _grown(session, road, wait, now)
    # a long wait pauses the lane, so that a backup is used
    if wait > circuit_breaker.REST:
        log.error("outbox.asked_to_wait", road=road, reason=error.reason, meaning=error.words, wait=str(wait))
        await lanes.rest(session, road, until=now + wait, reason=_reason_text("asked to wait", error))
    else:
        await lanes.hold(session, road, until=now + wait)


async def _grown(session: AsyncSession, road: str, first: timedelta, now: datetime) -> timedelta:
    """Return the next pause, which is longer than the last one."""
    lane: Lane | None = await session.scalar(
        select(Lane).where(Lane.road == road).with_for_update().execution_options(populate_existing=True)
    )
    if lane is None:
        return first
    remaining: timedelta = max(lane.next_slot, lane.paused_until or now) - now
    last = grown(first, lane.slowed - 1)
    # messages sent at the same time already caused this pause
    if lane.slowed and remaining >= last / 2:
        return remaining
    wait = grown(first, lane.slowed)
    lane.slowed += 1
    await session.flush()
    return wait


def grown(first: timedelta, refusals: int) -> timedelta:
    """Return the pause after this many consecutive refusals. It doubles each time, up to GROWN."""
    return min(first * (1 << min(max(refusals, 0), 20)), max(GROWN, first))


def _reason_text(cause: str, error: SendError) -> str:
    """Return why a lane is paused, in words for staff."""
    return f"{cause}: {error.reason}" + (f", {error.words}" if error.words else "")
