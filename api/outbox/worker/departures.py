"""What happens to what waits when a provider says that somebody left: it goes by SMS, or to nobody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.outbox import service, states, transitions
from api.outbox.models import Delivery
from api.outbox.worker import sms_fallback
from api.residents import service as residents
from api.routing.roads import Roads


async def left(
    session: AsyncSession, address_id: int, *, reason: str, now: datetime, roads: Roads | None = None
) -> None:
    """Record that nothing goes to this address any more, and deal with what waits.

    Whoever blocked the bot and agreed to SMS gets by SMS what campaigns hold for them; other news are cancelled. For
    anybody else all is cancelled. Raises NotFound.
    """
    resident = await residents.mark_unreachable(session, address_id=address_id, reason=reason, now=now)
    if resident.state != residents.ACTIVE:
        await service.cancel_unasked(session, resident.id, now=now)
        return
    theirs = (Delivery.address_id == address_id, Delivery.state == states.QUEUED, Delivery.inbound_id.is_(None))
    waiting = select(Delivery.id).where(*theirs, Delivery.campaign_id.is_not(None)).order_by(Delivery.id)
    for number in await session.scalars(waiting):
        await sms_fallback.by_sms(session, number, roads=roads, reason=reason, now=now, state=states.QUEUED)
    await transitions.bulk(session, states.CANCELLED, *theirs, reason=reason, now=now)
