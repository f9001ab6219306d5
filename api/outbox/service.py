"""Deliveries: what becomes of many of them at once, and what is known of a campaign's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.outbox import retention, states, transitions
from api.outbox.flow import send_windows
from api.outbox.models import Delivery
from api.outbox.ownership import to
from api.outbox.write.replies import TRIAL
from api.residents import service as residents
from api.residents.models import Address, Resident
from api.runtime.wakeups import OUTBOX, wake


async def put_back(session: AsyncSession, delivery_id: int, *, due_at: datetime, reason: str, now: datetime) -> None:
    """Queue a claimed delivery again: it was certainly not handed over.

    It is cancelled where its campaign or its resident left meanwhile: nobody would ever claim it, nor end it.
    """
    await session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == states.SENDING)
        .values(state=states.QUEUED, leased_until=None, due_at=due_at, reason=reason)
    )
    wake(session, OUTBOX)
    await _cancel_unwanted(session, [delivery_id], now=now)


async def give_back(session: AsyncSession, delivery_ids: Collection[int], *, now: datetime) -> None:
    """Queue claimed deliveries again that nobody tried to hand over, or cancel them, as `put_back` does."""
    if delivery_ids:
        await session.execute(
            update(Delivery)
            .where(Delivery.id.in_(delivery_ids), Delivery.state == states.SENDING)
            .values(state=states.QUEUED, leased_until=None, attempts=Delivery.attempts - 1)
        )
        wake(session, OUTBOX)
        await _cancel_unwanted(session, delivery_ids, now=now)


async def reap(session: AsyncSession, *, now: datetime) -> int:
    """Mark as unsure what a dead process had claimed: it may have gone out, so it is never sent again by itself."""
    return await transitions.bulk(session, states.UNSURE, Delivery.leased_until < now, reason="lease", now=now)


async def blank(session: AsyncSession, *, now: datetime, kept: float, before: datetime | None = None) -> int:
    """Forget the texts of replies handed over at least `kept` seconds ago, or written `before` this moment."""
    old = Delivery.settled_at <= now - timedelta(seconds=kept)
    blanked: CursorResult[Any] = await session.execute(  # type: ignore[assignment]
        update(Delivery)
        .where(
            Delivery.sealed.is_not(None),
            Delivery.state.not_in((states.QUEUED, states.SENDING)),
            old if before is None else or_(old, Delivery.created_at <= before),
        )
        .values(sealed=None)
    )
    return blanked.rowcount


async def replies_under_way(session: AsyncSession, *, before: datetime) -> bool:
    """Whether a reply written before this moment still waits to be handed over."""
    waits = (Delivery.state.in_((states.QUEUED, states.SENDING)), Delivery.sealed.is_not(None))
    found = select(Delivery.id).where(*waits, Delivery.inbound_id.is_not(None), Delivery.created_at <= before)
    return await session.scalar(found.limit(1)) is not None


async def cancel_unasked(session: AsyncSession, resident_id: int, *, now: datetime) -> None:
    """Cancel what still waits for a resident who left, unless it answers what they wrote."""
    theirs = (to(resident_id), Delivery.inbound_id.is_(None))
    await transitions.bulk(session, states.CANCELLED, *theirs, reason="stopped", now=now)


async def forget(session: AsyncSession, resident_id: int, *, now: datetime) -> None:
    """Cancel all that waits for a resident who is erased, and empty the texts that are still kept."""
    theirs = or_(Delivery.resident_id == resident_id, to(resident_id))
    await transitions.bulk(session, states.CANCELLED, theirs, reason="erased", now=now)
    await session.execute(update(Delivery).where(theirs).values(sealed=None))
    await retention.forget(session, theirs)


async def cancel_queued(session: AsyncSession, *, campaign_id: int, now: datetime, reason: str = "cancelled") -> int:
    """Cancel all that a campaign has not handed over yet; returns how many."""
    return await transitions.bulk(
        session, states.CANCELLED, Delivery.campaign_id == campaign_id, reason=reason, now=now
    )


async def expire(session: AsyncSession, *, now: datetime) -> int:
    """Give up what was not handed over before its time was over; returns how many."""
    return await transitions.bulk(session, states.EXPIRED, Delivery.expires_at <= now, reason="expired", now=now)


async def expire_queued(session: AsyncSession, *, campaign_id: int, now: datetime) -> int:
    """Give up all that a campaign has not handed over yet, before the time it was given; returns how many."""
    return await transitions.bulk(
        session, states.EXPIRED, Delivery.campaign_id == campaign_id, reason="expired", now=now
    )


async def adopt(session: AsyncSession, channel: str, *, roads: Sequence[str]) -> None:
    """Let what waits on a road that is set no more go out by the channel's first one; a trial of it is over."""
    await session.execute(
        update(Delivery)
        .where(
            Delivery.channel == channel,
            Delivery.state == states.QUEUED,
            Delivery.road.not_in(roads),
            Delivery.priority != TRIAL,
        )
        .values(road=roads[0])
    )
    wake(session, OUTBOX)


async def is_through(session: AsyncSession, *, campaign_id: int) -> bool:
    """Whether nothing of a campaign is on its way any more, nor queued for anybody who may get it.

    Who says STOP while it is launched is queued after all: their stop was too early to cancel anything.
    """
    owner = and_(Address.id == Delivery.address_id, Resident.id == Address.resident_id)
    left = select(Delivery.id).where(
        Delivery.campaign_id == campaign_id,
        Delivery.state.in_((states.QUEUED, states.SENDING)),
        or_(
            Delivery.state == states.SENDING,
            select(Resident.id).where(owner, Resident.state == residents.ACTIVE).exists(),
        ),
    )
    return await session.scalar(left.limit(1)) is None


async def _cancel_unwanted(session: AsyncSession, delivery_ids: Collection[int], *, now: datetime) -> None:
    """Cancel those of these that wait for a resident who left, or of a campaign that is over."""
    owner = (Address.id == Delivery.address_id, Resident.id == Address.resident_id)
    left = select(Resident.id).where(*owner, Resident.state != residents.ACTIVE).exists()
    unwanted = and_(Delivery.campaign_id.is_not(None), or_(left, ~send_windows.present(Delivery.campaign_id)))
    await transitions.bulk(
        session, states.CANCELLED, Delivery.id.in_(delivery_ids), unwanted, reason="cancelled", now=now
    )


def backoff(attempts: int) -> float:
    """Seconds to wait after so many failed tries: doubling from 5 s, at most a quarter of an hour."""
    return float(min(5 * 2 ** max(attempts - 1, 0), 900))
