"""What becomes of news that wait for somebody who follows less than before: left out of the message, or no message."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.audience import topics
from api.campaigns.audience.digest import UPDATE
from api.campaigns.models import Campaign
from api.outbox import ownership, states, transitions
from api.outbox.counters import Changes
from api.outbox.models import Body, Delivery
from api.outbox.write.carried_topics import carry
from api.residents.models import Resident


async def forget(session: AsyncSession, *, resident_id: int, now: datetime) -> int:
    """Take out of waiting news what a resident follows no more; cancel those of which nothing is left.

    Returns how many were cancelled.
    """
    waiting = await session.execute(
        select(Campaign, Delivery, Body)
        .join(Delivery, Delivery.campaign_id == Campaign.id)
        .join(Body, Body.id == Delivery.body_id)
        .where(Campaign.purpose == UPDATE, Delivery.state == states.QUEUED, ownership.addressed_to(resident_id))
        .with_for_update(of=Delivery)
    )
    unwanted, changes = list[int](), Changes()
    for campaign, delivery, body in waiting.all():
        still = select(topics.variant(campaign)).where(Resident.id == resident_id, topics.meant(campaign))
        left = await session.scalar(still)
        kept = 0 if left is None else left & body.variant  # what was followed since is not joined: it was not frozen
        if left is None or kept < min(body.variant, 1):
            unwanted.append(delivery.id)
        elif kept != body.variant:
            await carry(session, delivery, body, kept, changes)
    left_out = Delivery.id.in_(unwanted)
    return await transitions.move_all(
        session, states.CANCELLED, left_out, reason="unfollowed", now=now, changes=changes
    )
