"""Remove topics from queued updates after a resident stopped following them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.audience import topics
from api.campaigns.audience.digest import UPDATE
from api.campaigns.models import Campaign
from api.outbox import ownership, transitions
from api.outbox.counters import Changes
from api.outbox.models import Body, Delivery
from api.outbox.states import DeliveryState
from api.outbox.write.carried_topics import carry
from api.residents.models import Resident


async def remove_topics(session: AsyncSession, *, resident_id: int, now: datetime) -> int:
    """Remove topics that a resident no longer follows from the updates queued for this resident.

    An update without any topic left is cancelled. Return how many were cancelled.
    """
    waiting = await session.execute(
        select(Campaign, Delivery, Body)
        .join(Delivery, Delivery.campaign_id == Campaign.id)
        .join(Body, Body.id == Delivery.body_id)
        .where(Campaign.purpose == UPDATE, Delivery.state == DeliveryState.QUEUED, ownership.addressed_to(resident_id))
        .with_for_update(of=Delivery)
    )
    unwanted, changes = list[int](), Changes()
    for campaign, delivery, body in waiting.all():
        query = select(topics.variant(campaign)).where(Resident.id == resident_id, topics.meant(campaign))
        followed = await session.scalar(query)
        remaining = 0 if followed is None else followed & body.variant  # topics followed since the launch are not added
        if followed is None or remaining < min(body.variant, 1):
            unwanted.append(delivery.id)
        elif remaining != body.variant:
            await carry(session, delivery, body, remaining, changes)
    cancelled = Delivery.id.in_(unwanted)
    return await transitions.move_all(
        session, DeliveryState.CANCELLED, cancelled, reason="unfollowed", now=now, changes=changes
    )
