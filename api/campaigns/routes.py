"""Campaigns over the JSON API: create, preview, and every step of their life."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import service, steps
from api.campaigns.deps import CampaignKit
from api.campaigns.dispatch import StepName, take_step
from api.campaigns.models import Campaign
from api.campaigns.report import report
from api.campaigns.report_schemas import Preview, Report
from api.campaigns.schemas import CampaignIn, CampaignOut, Part, Step, Wave, Who
from api.consultations.fields import Moment
from api.deps import Now, Session, staff_router


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


router = staff_router("/campaigns", "campaigns")


@router.get("")
async def every(session: Session) -> list[CampaignOut]:
    """All campaigns, the newest first."""
    return [await _out(session, found) for found in await service.every(session)]


@router.get("/{campaign_id}")
async def one(campaign_id: int, session: Session) -> CampaignOut:
    """One campaign as it stands."""
    return await _out(session, await service.get(session, campaign_id))


@router.get("/{campaign_id}/preview")
async def preview(campaign_id: int, session: Session, kit: CampaignKit, now: Now) -> Preview:
    """What it would do if it were launched now."""
    return await service.preview(session, campaign_id, kit=kit, now=now)


@router.get("/{campaign_id}/report")
async def reported(campaign_id: int, session: Session, kit: CampaignKit) -> Report:
    """What became of its messages."""
    return await report(session, campaign_id, prices=kit.rules.prices)


@router.post("", status_code=201)
async def create(given: NewCampaign, session: Session, now: Now) -> CampaignOut:
    """Keep a new draft."""
    return await _out(session, await service.create(session, given, who=given.who, now=now))


@router.post("/{campaign_id}/budget")
async def budget(campaign_id: int, given: Budget, session: Session, kit: CampaignKit, now: Now) -> CampaignOut:
    """Set what it may spend in all."""
    found = await steps.budget(session, campaign_id, amount=given.amount, kit=kit, who=given.who, now=now)
    return await _out(session, found)


@router.post("/{campaign_id}/{step}")
async def take(
    campaign_id: int, step: StepName, given: By, session: Session, kit: CampaignKit, now: Now
) -> CampaignOut:
    """Take a step in its life; `clone` and `resend` make another campaign, which is returned."""
    found = await take_step(session, campaign_id, step, kit=kit, who=given.who, at=given.at, now=now)
    return await _out(session, found)


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
