"""Change the topics of a queued delivery, by letting it refer to another text of its campaign."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.outbox.counters import Cell, Changes
from api.outbox.models import Body, Delivery
from api.outbox.states import DeliveryState


async def carry(session: AsyncSession, delivery: Delivery, body: Body | None, variant: int, changes: Changes) -> None:
    """Let a queued delivery refer to the text with the topics in `variant`, instead of `body`.

    A campaign with parts has one text for each combination of topics. The counter changes are added to `changes`, and
    the caller writes them.
    """
    if body is None or delivery.campaign_id is None or variant == body.variant:
        return
    same = (Body.campaign_id == body.campaign_id, Body.channel == body.channel, Body.language == body.language)
    query = await session.scalars(select(Body.id).where(*same, Body.latin == body.latin, Body.variant == variant))
    new_body_id = query.one()
    changes.move_one(
        Cell(delivery.campaign_id, body.id, delivery.province, DeliveryState.QUEUED, ""),
        Cell(delivery.campaign_id, new_body_id, delivery.province, DeliveryState.QUEUED, ""),
    )
    delivery.body_id = new_body_id
    await session.flush()
