"""Campaigns over the JSON API: create, preview, and every step of their life."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from api.campaigns import actions, service
from api.campaigns.action_dispatch import StepName, take_step
from api.campaigns.estimate import trial
from api.campaigns.estimate.trial import TestIn, TestOut
from api.campaigns.reporting.approval_page import CampaignPage, out, page
from api.campaigns.reporting.report import report
from api.campaigns.reporting.schemas import Preview, Report
from api.campaigns.schemas import CampaignIn, CampaignOut
from api.consultations.fields import Moment
from api.pagination import Page
from api.security.rights import Permission
from api.v1.outreach.deps import CampaignKit
from api.web.deps import Actor, KeyringDep, Now, Session, requires, staff_router
from api.web.paging import Paged
from api.web.refusals import refused


class When(BaseModel):
    """When a step is to happen that is scheduled."""

    model_config = ConfigDict(extra="forbid")

    at: Moment | None = None


class Budget(BaseModel):
    """What a campaign may spend; none: no limit."""

    model_config = ConfigDict(extra="forbid")

    amount: float | None = Field(ge=0, le=1e9)


router = staff_router(
    "/campaigns", "campaigns", needs=requires(Permission.WRITE, Permission.APPROVE, Permission.SEND, Permission.AUDIT)
)


@router.get("")
async def every(session: Session, asked: Paged) -> Page[CampaignOut]:
    """Campaigns: what waits for staff first, the oldest first; then the others, the newest first."""
    return await (await service.every(session, asked)).each(lambda found: out(session, found))


@router.get("/{campaign_id}")
async def one(campaign_id: int, session: Session, kit: CampaignKit) -> CampaignPage:
    """One campaign with all that is approved: its texts as residents would get them, to whom, when, its steps."""
    return await page(session, await service.get(session, campaign_id), kit=kit)


@router.put("/{campaign_id}", dependencies=[requires(Permission.WRITE)])
async def edit(campaign_id: int, given: CampaignIn, who: Actor, session: Session, now: Now) -> CampaignOut:
    """Write it anew, until it is launched; it is a draft then, and what was approved needs approval again."""
    return await out(session, await actions.edit(session, campaign_id, given, who=who, now=now))


@router.get("/{campaign_id}/preview")
async def preview(campaign_id: int, session: Session, kit: CampaignKit, now: Now) -> Preview:
    """What it would do if it were launched now."""
    return await service.preview(session, campaign_id, kit=kit, now=now)


@router.get("/{campaign_id}/report")
async def reported(campaign_id: int, session: Session, kit: CampaignKit) -> Report:
    """What became of its messages."""
    return await report(session, campaign_id, prices=kit.rules.prices)


@router.post("", status_code=201, responses=refused(404), dependencies=[requires(Permission.WRITE)])
async def create(given: CampaignIn, who: Actor, session: Session, now: Now) -> CampaignOut:
    """Keep a new draft."""
    return await out(session, await service.create(session, given, who=who, now=now))


@router.post("/{campaign_id}/budget", responses=refused(403), dependencies=[requires(Permission.SEND, fresh=True)])
async def budget(
    campaign_id: int, given: Budget, who: Actor, session: Session, kit: CampaignKit, now: Now
) -> CampaignOut:
    """Set what it may spend in all."""
    found = await actions.budget(session, campaign_id, amount=given.amount, kit=kit, who=who, now=now)
    return await out(session, found)


@router.post(
    "/{campaign_id}/test",
    status_code=202,
    dependencies=[requires(Permission.WRITE, Permission.APPROVE, Permission.SEND)],
)
async def test(
    campaign_id: int, given: TestIn, who: Actor, session: Session, kit: CampaignKit, keyring: KeyringDep, now: Now
) -> list[TestOut]:
    """Send its text to a phone of the staff, marked as a test."""
    return await trial.send_test(session, campaign_id, given, who=who, kit=kit, keyring=keyring, now=now)


@router.post(
    "/{campaign_id}/{step}",
    responses=refused(403),
    dependencies=[requires(Permission.WRITE, Permission.APPROVE, Permission.SEND)],
)
async def take(
    campaign_id: int,
    step: StepName,
    who: Actor,
    session: Session,
    kit: CampaignKit,
    now: Now,
    given: When | None = None,
) -> CampaignOut:
    """Take a step in its life; `clone` and `resend` make another campaign, which is returned."""
    found = await take_step(session, campaign_id, step, kit=kit, who=who, at=given.at if given else None, now=now)
    return await out(session, found)
