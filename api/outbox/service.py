"""Operations on deliveries: retry, release, cancel, expire and erase them, often many at once."""

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
    """Queue a claimed delivery again that was certainly not handed over.

    Cancel it instead if its campaign has ended or its resident has left: it would never be claimed again.
    """
    await session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == DeliveryState.SENDING)
        .values(state=DeliveryState.QUEUED, leased_until=None, due_at=due_at, reason=reason)
    )
    wake(session, OUTBOX)
    await _cancel_unwanted(session, [delivery_id], now=now)


async def release(session: AsyncSession, delivery_ids: Collection[int], *, now: datetime) -> None:
    """Queue claimed deliveries again that nobody tried to send, or cancel them as `retry_later` does."""
    if delivery_ids:
        await session.execute(
            update(Delivery)
            .where(Delivery.id.in_(delivery_ids), Delivery.state == DeliveryState.SENDING)
            .values(state=DeliveryState.QUEUED, leased_until=None, attempts=Delivery.attempts - 1)
        )
        wake(session, OUTBOX)
        await _cancel_unwanted(session, delivery_ids, now=now)


async def expire_leases(session: AsyncSession, *, now: datetime) -> int:
    """Mark deliveries with expired leases as unsure: they may have been sent, so they are not sent again."""
    return await transitions.move_all(
        session, DeliveryState.UNSURE, Delivery.leased_until < now, reason="lease", now=now
    )


async def blank_texts(session: AsyncSession, *, now: datetime, kept: float, before: datetime | None = None) -> int:
    """Delete the texts of replies settled at least `kept` seconds ago, or written `before` a moment."""
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
    """Whether a reply written before a moment is still waiting to be sent."""
    unsettled = (Delivery.state.in_((DeliveryState.QUEUED, DeliveryState.SENDING)), Delivery.sealed.is_not(None))
    query = select(Delivery.id).where(*unsettled, Delivery.inbound_id.is_not(None), Delivery.created_at <= before)
    return await session.scalar(query.limit(1)) is not None


async def cancel_unsolicited(session: AsyncSession, resident_id: int, *, now: datetime) -> None:
    """Cancel queued messages to a resident who left, except replies."""
    unsolicited = (addressed_to(resident_id), Delivery.inbound_id.is_(None))
    await transitions.move_all(session, DeliveryState.CANCELLED, *unsolicited, reason="stopped", now=now)


async def erase(session: AsyncSession, resident_id: int, *, now: datetime) -> None:
    """Cancel everything queued for an erased resident, and delete their deliveries and texts."""
    recipient = or_(Delivery.resident_id == resident_id, addressed_to(resident_id))
    await transitions.move_all(session, DeliveryState.CANCELLED, recipient, reason="erased", now=now)
    await session.execute(update(Delivery).where(recipient).values(sealed=None))
    await retention.erase(session, recipient)


async def cancel_queued(session: AsyncSession, *, campaign_id: int, now: datetime, reason: str = "cancelled") -> int:
    """Cancel everything a campaign has not handed over yet; return how many."""
    return await transitions.move_all(
        session, DeliveryState.CANCELLED, Delivery.campaign_id == campaign_id, reason=reason, now=now
    )


async def expire(session: AsyncSession, *, now: datetime) -> int:
    """Expire deliveries not handed over in time; return how many."""
    return await transitions.move_all(
        session, DeliveryState.EXPIRED, Delivery.expires_at <= now, reason="expired", now=now
    )


async def expire_queued(session: AsyncSession, *, campaign_id: int, now: datetime) -> int:
    """Expire everything a campaign has not handed over yet, before its time; return how many."""
    return await transitions.move_all(
        session, DeliveryState.EXPIRED, Delivery.campaign_id == campaign_id, reason="expired", now=now
    )


async def reassign_orphans(session: AsyncSession, channel: str, *, roads: Sequence[str]) -> None:
    """Move deliveries queued on roads no longer configured to the channel's first road, except road tests."""
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
    """Whether a campaign has nothing left in transit, nor queued for anyone who may receive it.

    A STOP received during the launch is processed before the delivery exists, so that delivery stays queued: ignore
    it.
    """
    owner = and_(Address.id == Delivery.address_id, Resident.id == Address.resident_id)
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
    """Cancel those deliveries whose resident has left or whose campaign has ended."""
    owner = (Address.id == Delivery.address_id, Resident.id == Address.resident_id)
    left = select(Resident.id).where(*owner, Resident.state != residents.ACTIVE).exists()
    unwanted = and_(Delivery.campaign_id.is_not(None), or_(left, ~send_windows.has_window(Delivery.campaign_id)))
    await transitions.move_all(
        session, DeliveryState.CANCELLED, Delivery.id.in_(delivery_ids), unwanted, reason="cancelled", now=now
    )


def backoff(attempts: int) -> float:
    """Seconds to wait after this many failed attempts: doubling from 5 s, at most 15 minutes."""
    return float(min(5 * 2 ** max(attempts - 1, 0), 900))
