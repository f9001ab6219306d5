"""What staff do with campaigns in tests: create, preview, take actions, and see what became of the messages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from api.campaigns import actions, service
from api.campaigns.reporting.schemas import Preview
from api.campaigns.scheduler import tick
from api.campaigns.schemas import CampaignIn
from api.outbox.models import Delivery
from tests.consultations import words
from tests.world import World

NEWS = {"name": "News", "purpose": "inform", "texts": words("news")}
INVITATION = {"name": "Plan", "purpose": "invite", "consultation": "plan"}


async def make(world: World, data: dict[str, Any], **more: Any) -> int:
    async with world.db.transaction() as session:
        campaign = await service.create(
            session, CampaignIn.model_validate({**data, **more}), who="amina", now=world.now()
        )
        return campaign.id


async def take(world: World, campaign: int, *names: str, who: str = "idir") -> None:
    """Take actions one after another."""
    for name in names:
        async with world.db.transaction() as session:
            kit = {"kit": world.kit} if name in ("submit", "approve", "launch", "resume") else {}
            await getattr(actions, name)(session, campaign, who=who, now=world.now(), **kit)


async def look(world: World, campaign: int) -> Preview:
    async with world.db.transaction() as session:
        return await service.preview(session, campaign, kit=world.kit, now=world.now())


async def state(world: World, campaign: int) -> str:
    async with world.db.transaction() as session:
        return (await service.get(session, campaign)).state


async def states(world: World, campaign: int) -> list[str]:
    async with world.db.transaction() as session:
        return sorted(await session.scalars(select(Delivery.state).where(Delivery.campaign_id == campaign)))


async def clock(world: World) -> None:
    async with world.db.transaction() as session:
        await tick(session, kit=world.kit, now=world.now())


async def launched(world: World, data: dict[str, Any], **more: Any) -> int:
    """Create and launch a campaign; returns its id."""
    campaign = await make(world, data, **more)
    await take(world, campaign, "submit", "approve", "launch")
    return campaign


async def recipients(world: World, campaign: int) -> set[int]:
    """The residents who got it, or will."""
    async with world.db.transaction() as session:
        return set(await session.scalars(select(Delivery.resident_id).where(Delivery.campaign_id == campaign)))


async def ended(world: World, campaign: int, resident: int, state: str) -> None:
    """Put a queued message into this state, which no provider of the rehearsal does on demand."""
    async with world.db.transaction() as session:
        await session.execute(
            update(Delivery)
            .where(Delivery.campaign_id == campaign, Delivery.resident_id == resident)
            .values(state=state, settled_at=world.now())
        )
