"""What outbox tests read from the tables: a campaign's deliveries and counters."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import case, func, select

from api.outbox.models import Delivery, MinuteCount, StateCount
from api.outbox.states import DeliveryState
from tests.world import World

_REASONED = (DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.CANCELLED)


async def deliveries(world: World, campaign: int) -> list[Delivery]:
    """A campaign's deliveries, by id."""
    async with world.db.transaction() as session:
        query = select(Delivery).where(Delivery.campaign_id == campaign).order_by(Delivery.id)
        return list(await session.scalars(query))


async def tallied(world: World, campaign: int) -> dict[tuple[Any, ...], int]:
    """The counters, summed over slots, without zeros."""
    cells = (StateCount.body_id, StateCount.province, StateCount.state, StateCount.reason)
    async with world.db.transaction() as session:
        rows = await session.execute(
            select(*cells, func.sum(StateCount.count)).where(StateCount.campaign_id == campaign).group_by(*cells)
        )
        return {tuple(row[:4]): int(row[4]) for row in rows if row[4]}


async def counted(world: World, campaign: int) -> dict[tuple[Any, ...], int]:
    """The same, counted from the deliveries; those being sent count as queued."""
    state = case((Delivery.state == DeliveryState.SENDING, DeliveryState.QUEUED), else_=Delivery.state)
    reason = case((Delivery.state.in_(_REASONED), func.coalesce(Delivery.reason, "")), else_="")
    async with world.db.transaction() as session:
        rows = await session.execute(
            select(Delivery.body_id, Delivery.province, state, reason).where(Delivery.campaign_id == campaign)
        )
        return dict(Counter(tuple(row) for row in rows))


async def flown(world: World, campaign: int) -> dict[str, int]:
    """How many deliveries reached each state, over all minutes."""
    async with world.db.transaction() as session:
        rows = await session.execute(
            select(MinuteCount.state, func.sum(MinuteCount.count))
            .where(MinuteCount.campaign_id == campaign)
            .group_by(MinuteCount.state)
        )
        return {state: int(count) for state, count in rows}
