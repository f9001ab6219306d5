"""Operations on deliveries: retry, release, cancel, expire and erase them, often many at once.

A delivery is claimed while one process has reserved it for sending. It is settled once its outcome is known.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.outbox import retention, transitions
from api.outbox.flow import send_windows
from api.outbox.models import Delivery
from api.outbox.ownership import addressed_to
from api.outbox.states import DeliveryState
from api.outbox.write.replies import TRIAL
from api.residents import service as residents
from api.residents.models import Address, Resident
from api.runtime.wakeups import OUTBOX, wake


async def retry_later(session: AsyncSession, delivery_id: int, *, due_at: datetime, reason: str, now: datetime) -> None:
    """Queue a claimed delivery again after an attempt that certainly did not send it.

    If its campaign has ended or the resident has left, the delivery is cancelled instead.
    """
    await session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == DeliveryState.SENDING)
        .values(state=DeliveryState.QUEUED, leased_until=None, due_at=due_at, reason=reason)
    )
    wake(session, OUTBOX)
    await _cancel_unwanted(session, [delivery_id], now=now)


async def release(session: AsyncSession, delivery_ids: Collection[int], *, now: datetime) -> None:
    """Queue these claimed deliveries again, because nobody tried to send them.

    If the campaign has ended or the resident has left, the delivery is cancelled instead.
    """
    if delivery_ids:
        await session.execute(
            update(Delivery)
            .where(Delivery.id.in_(delivery_ids), Delivery.state == DeliveryState.SENDING)
            .values(state=DeliveryState.QUEUED, leased_until=None, attempts=Delivery.attempts - 1)
        )
        wake(session, OUTBOX)
        await _cancel_unwanted(session, delivery_ids, now=now)


async def expire_leases(session: AsyncSession, *, now: datetime) -> int:
    """Mark deliveries as unsure if the time of their claim is over; return how many.

    A process may have sent them before it died, so they are not sent again.
    """
    return await transitions.move_all(
        session, DeliveryState.UNSURE, Delivery.leased_until < now, reason="lease", now=now
    )


async def blank_texts(session: AsyncSession, *, now: datetime, kept: float, before: datetime | None = None) -> int:
    """Delete the texts of replies and notifications some time after they were settled; return how many.

    That time is `kept` seconds. With `before`, also delete the texts of settled messages written before then.
    """
    old = Delivery.settled_at <= now - timedelta(seconds=kept)
    result: CursorResult[Any] = await session.execute(  # type: ignore[assignment]
        update(Delivery)
        .where(
            Delivery.sealed.is_not(None),
            Delivery.state.not_in((DeliveryState.QUEUED, DeliveryState.SENDING)),
            old if before is None else or_(old, Delivery.created_at <= before),
        )
        .values(sealed=None)
    )
    return result.rowcount


async def replies_under_way(session: AsyncSession, *, before: datetime) -> bool:
    """Whether a reply written before this time is still waiting to be sent, or is being sent."""
    unsettled = (Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING)), Delivery.sealed.is_not(None))
    query = select(Delivery.id).where(*unsettled, Delivery.inbound_id.is_not(None), Delivery.created_at <= before)
    return await session.scalar(query.limit(1)) is not None


async def cancel_unsolicited(session: AsyncSession, resident_id: int, *, now: datetime) -> None:
    """Cancel all queued messages to a resident who left, except replies to messages from that resident."""
    unsolicited = (addressed_to(resident_id), Delivery.inbound_id.is_(None))
    await transitions.move_all(session, DeliveryState.CANCELLED, *unsolicited, reason="stopped", now=now)


async def erase(session: AsyncSession, resident_id: int, *, now: datetime) -> None:
    """Cancel everything queued for an erased resident, and delete the resident's deliveries and texts."""
    recipient = or_(Delivery.resident_id == resident_id, addressed_to(resident_id))
    await transitions.move_all(session, DeliveryState.CANCELLED, recipient, reason="erased", now=now)
    await session.execute(update(Delivery).where(recipient).values(sealed=None))
    await retention.erase(session, recipient)


async def cancel_queued(session: AsyncSession, *, campaign_id: int, now: datetime, reason: str = "cancelled") -> int:
    """Cancel all deliveries of a campaign that are still queued; return how many."""
    return await transitions.move_all(
        session, DeliveryState.CANCELLED, Delivery.campaign_id == campaign_id, reason=reason, now=now
    )


async def expire(session: AsyncSession, *, now: datetime) -> int:
    """Mark queued deliveries as expired if their time to be sent is over; return how many."""
    return await transitions.move_all(
        session, DeliveryState.EXPIRED, Delivery.expires_at <= now, reason="expired", now=now
    )


async def expire_queued(session: AsyncSession, *, campaign_id: int, now: datetime) -> int:
    """Mark all queued deliveries of a campaign as expired, even before their time is over; return how many."""
    return await transitions.move_all(
        session, DeliveryState.EXPIRED, Delivery.campaign_id == campaign_id, reason="expired", now=now
    )


async def reassign_orphans(session: AsyncSession, channel: str, *, roads: Sequence[str]) -> None:
    """Move queued deliveries to the channel's first road if their own road is no longer configured.

    Messages that test a road stay where they are.
    """
    await session.execute(
        update(Delivery)
        .where(
            Delivery.channel == channel,
            Delivery.state == DeliveryState.QUEUED,
            Delivery.road.not_in(roads),
            Delivery.priority != TRIAL,
        )
        .values(road=roads[0])
    )
    wake(session, OUTBOX)


async def is_done(session: AsyncSession, *, campaign_id: int) -> bool:
    """Whether a campaign has nothing left to send: no delivery is being sent or is queued for an active resident."""
    owner = and_(Address.id == Delivery.address_id, Resident.id == Address.resident_id)
    # after a STOP during the launch, a delivery may stay queued; it does not count
    left = select(Delivery.id).where(
        Delivery.campaign_id == campaign_id,
        Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING)),
        or_(
            Delivery.state == DeliveryState.SENDING,
            select(Resident.id).where(owner, Resident.state == residents.ACTIVE).exists(),
        ),
    )
    return await session.scalar(left.limit(1)) is None


async def _cancel_unwanted(session: AsyncSession, delivery_ids: Collection[int], *, now: datetime) -> None:
    """Among these deliveries, cancel the campaign messages whose campaign has ended or whose recipient has left."""
    owner = (Address.id == Delivery.address_id, Resident.id == Address.resident_id)
    left = select(Resident.id).where(*owner, Resident.state != residents.ACTIVE).exists()
    unwanted = and_(Delivery.campaign_id.is_not(None), or_(left, ~send_windows.has_window(Delivery.campaign_id)))
    await transitions.move_all(
        session, DeliveryState.CANCELLED, Delivery.id.in_(delivery_ids), unwanted, reason="cancelled", now=now
    )


def backoff(attempts: int) -> float:
    """Return how many seconds to wait after this many failed attempts: 5, doubled each time, at most 15 minutes."""
    return float(min(5 * 2 ** max(attempts - 1, 0), 900))
