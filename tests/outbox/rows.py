"""What tests of the outbox read out of the tables: a campaign's deliveries, tallies and flows."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import case, func, select

from api.outbox.models import Delivery, MinuteCount, StateCount
from api.outbox.states import DeliveryState
from tests.world import World

_REASONED = (DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.CANCELLED)


async def deliveries(world: World, campaign: int) -> list[Delivery]:
    """A campaign's deliveries, in order."""
    async with world.db.transaction() as session:
        found = select(Delivery).where(Delivery.campaign_id == campaign).order_by(Delivery.id)
        return list(await session.scalars(found))


async def tallied(world: World, campaign: int) -> dict[tuple[Any, ...], int]:
    """What the tallies say, the slots added up; what is 0 left out."""
    cells = (StateCount.body_id, StateCount.province, StateCount.state, StateCount.reason)
    async with world.db.transaction() as session:
        rows = await session.execute(
            select(*cells, func.sum(StateCount.count)).where(StateCount.campaign_id == campaign).group_by(*cells)
        )
        return {tuple(row[:4]): int(row[4]) for row in rows if row[4]}


async def counted(world: World, campaign: int) -> dict[tuple[Any, ...], int]:
    """What is really there; what is being sent counts as queued."""
    state = case((Delivery.state == DeliveryState.SENDING, DeliveryState.QUEUED), else_=Delivery.state)
    reason = case((Delivery.state.in_(_REASONED), func.coalesce(Delivery.reason, "")), else_="")
    async with world.db.transaction() as session:
        rows = await session.execute(
            select(Delivery.body_id, Delivery.province, state, reason).where(Delivery.campaign_id == campaign)
        )
        return dict(Counter(tuple(row) for row in rows))


async def flown(world: World, campaign: int) -> dict[str, int]:
    """How many came to each state, over all minutes."""
    async with world.db.transaction() as session:
        rows = await session.execute(
            select(MinuteCount.state, func.sum(MinuteCount.count))
            .where(MinuteCount.campaign_id == campaign)
            .group_by(MinuteCount.state)
        )
        return {state: int(count) for state, count in rows}
