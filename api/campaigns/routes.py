"""Campaigns over the JSON API: create, preview, and every step of their life."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import service, steps
from api.campaigns.dispatch import StepName, take_step
from api.campaigns.kit import Kit
from api.campaigns.models import Campaign
from api.campaigns.report import report
from api.campaigns.schemas import CampaignIn, CampaignOut, Part, Preview, Report, Step, Wave, Who
from api.clock import Clock
from api.consultations.schemas import Moment
from api.db import Database


class By(BaseModel):
    """Who takes a step; and when it is to happen, where it is scheduled."""

    model_config = ConfigDict(extra="forbid")

    who: Who
    at: Moment | None = None


class Budget(BaseModel):
    """Who sets a budget, and what it is; none: no limit."""

    model_config = ConfigDict(extra="forbid")

    who: Who
    amount: float | None = Field(ge=0, le=1e9)


class NewCampaign(CampaignIn):
    """A campaign to create, and who creates it."""

    who: Who


def router(db: Database, kit: Kit, clock: Clock) -> APIRouter:
    """The routes below /campaigns."""
    routes = APIRouter(tags=["campaigns"])
    routes.include_router(_reading(db, kit, clock))
    routes.include_router(_writing(db, kit, clock))
    return routes


def _reading(db: Database, kit: Kit, clock: Clock) -> APIRouter:
    routes = APIRouter()

    @routes.get("/campaigns")
    async def every() -> list[CampaignOut]:
        """All campaigns, the newest first."""
        async with db.transaction() as session:
            return [await _out(session, found) for found in await service.every(session)]

    @routes.get("/campaigns/{campaign_id}")
    async def one(campaign_id: int) -> CampaignOut:
        """One campaign as it stands."""
        async with db.transaction() as session:
            return await _out(session, await service.get(session, campaign_id))

    @routes.get("/campaigns/{campaign_id}/preview")
    async def preview(campaign_id: int) -> Preview:
        """What it would do if it were launched now."""
        async with db.transaction() as session:
            return await service.preview(session, campaign_id, kit=kit, now=clock())

    @routes.get("/campaigns/{campaign_id}/report")
    async def reported(campaign_id: int) -> Report:
        """What became of its messages."""
        async with db.transaction() as session:
            return await report(session, campaign_id, prices=kit.rules.prices)

    return routes


def _writing(db: Database, kit: Kit, clock: Clock) -> APIRouter:
    routes = APIRouter()

    @routes.post("/campaigns", status_code=201)
    async def create(given: NewCampaign) -> CampaignOut:
        """Keep a new draft."""
        async with db.transaction() as session:
            return await _out(session, await service.create(session, given, who=given.who, now=clock()))

    @routes.post("/campaigns/{campaign_id}/budget")
    async def budget(campaign_id: int, given: Budget) -> CampaignOut:
        """Set what it may spend in all."""
        async with db.transaction() as session:
            found = await steps.budget(session, campaign_id, amount=given.amount, kit=kit, who=given.who, now=clock())
            return await _out(session, found)

    @routes.post("/campaigns/{campaign_id}/{step}")
    async def take(campaign_id: int, step: StepName, given: By) -> CampaignOut:
        """Take a step in its life; `clone` and `resend` make another campaign, which is returned."""
        async with db.transaction() as session:
            found = await take_step(session, campaign_id, step, kit=kit, who=given.who, at=given.at, now=clock())
            return await _out(session, found)

    return routes


async def _out(session: AsyncSession, found: Campaign) -> CampaignOut:
    return CampaignOut(
        id=found.id,
        name=found.name,
        purpose=found.purpose,
        state=found.state,
        author=found.author,
        urgent=found.urgent,
        parts=[Part.model_validate(each) for each in found.parts or ()],
        audience=found.audience,
        quotas=found.quotas or {},
        waves=[Wave.model_validate(each) for each in found.waves or ()],
        resends=found.resends,
        scheduled_for=found.scheduled_for,
        launched_at=found.launched_at,
        steps=[
            Step(step=each.step, state=each.state, who=each.who, at=each.at)
            for each in await service.history(session, found.id)
        ],
    )
