"""Letting a delivery that waits carry other parts of its campaign than before: another of the texts that are frozen."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.outbox import states
from api.outbox.counters import Cell, Changes
from api.outbox.models import Body, Delivery


async def carry(session: AsyncSession, delivery: Delivery, body: Body | None, variant: int, changes: Changes) -> None:
    """Point a queued delivery, whose text is `body`, to the text of these parts.

    Of a campaign in parts there is one for each joining of them; `changes` are noted, and the caller writes them.
    """
    if body is None or delivery.campaign_id is None or variant == body.variant:
        return
    same = (Body.campaign_id == body.campaign_id, Body.channel == body.channel, Body.language == body.language)
    found = await session.scalars(select(Body.id).where(*same, Body.latin == body.latin, Body.variant == variant))
    other = found.one()
    changes.turn(
        Cell(delivery.campaign_id, body.id, delivery.province, states.QUEUED, ""),
        Cell(delivery.campaign_id, other, delivery.province, states.QUEUED, ""),
    )
    delivery.body_id = other
    await session.flush()
