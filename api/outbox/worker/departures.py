"""Move waiting deliveries to SMS, or cancel them, when a provider reports that a person left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.outbox import service, transitions
from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.outbox.worker import sms_fallback
from api.residents import service as residents
from api.routing.roads import Roads


async def record_departure(
    session: AsyncSession, address_id: int, *, reason: str, now: datetime, roads: Roads | None = None
) -> None:
    """Record that an address can no longer be reached, and move or cancel the deliveries that wait for it.

    If the person only blocked the Telegram bot and agreed to SMS, their campaign messages move to SMS. All other
    campaign messages and notifications are cancelled. Raises NotFound.
    """
    resident = await residents.mark_unreachable(session, address_id=address_id, reason=reason, now=now)
    if resident.state != residents.ACTIVE:
        await service.cancel_unsolicited(session, resident.id, now=now)
        return
    unsolicited = (
        Delivery.address_id == address_id,
        Delivery.state == DeliveryState.QUEUED,
        Delivery.inbound_id.is_(None),
    )
    waiting = select(Delivery.id).where(*unsolicited, Delivery.campaign_id.is_not(None)).order_by(Delivery.id)
    for delivery_id in await session.scalars(waiting):
        await sms_fallback.by_sms(session, delivery_id, roads=roads, reason=reason, now=now, state=DeliveryState.QUEUED)
    await transitions.move_all(session, DeliveryState.CANCELLED, *unsolicited, reason=reason, now=now)
