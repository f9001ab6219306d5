"""Campaigns over the JSON API: create, edit, preview and test them, and take them from draft to finished."""

from __future__ import annotations

from pydantic import Field

from api.campaigns import actions, invite, service
from api.campaigns.action_dispatch import ActionName, take_action
from api.campaigns.estimate import trial
from api.campaigns.estimate.schemas import TestIn, TestOut
from api.campaigns.reporting.approval_page import out, page
from api.campaigns.reporting.report import report
from api.campaigns.reporting.schemas import CampaignPage, Preview, Report
from api.campaigns.schemas import CampaignIn, CampaignOut, Proceeded
from api.consultations.fields import Moment
from api.pagination import Page
from api.reasons import Reasoned
from api.security.rights import Permission
from api.strict_model import StrictModel
from api.v1.deps import CampaignContextDep
from api.web.deps import Actor, KeyringDep, Now, Session, requires, staff_router
from api.web.paging import PageDep
from api.web.refusals import refused


class When(Reasoned):
    """The time for which a campaign is scheduled (only for the step `schedule`), and the reason for a step."""

    at: Moment | None = None


class Budget(StrictModel):
    """The most that a campaign may spend. Null means no limit."""

    amount: float | None = Field(ge=0, le=1e9)


router = staff_router(
    "/campaigns", "campaigns", needs=requires(Permission.WRITE, Permission.APPROVE, Permission.SEND, Permission.AUDIT)
)


@router.get("")
async def list_campaigns(session: Session, page: PageDep) -> Page[CampaignOut]:
    """List campaigns. Those that wait for staff come first, the oldest first; then the rest, the newest first."""
    return await (await service.every(session, page)).each(lambda campaign: out(session, campaign))


@router.get("/{campaign_id}")
async def get_campaign(campaign_id: int, session: Session, context: CampaignContextDep) -> CampaignPage:
    """Get all that an approver has to check: the final texts, the audience, the times and the steps so far."""
    return await page(session, await service.get(session, campaign_id), kit=context)


@router.put("/{campaign_id}", dependencies=[requires(Permission.WRITE)])
async def edit_campaign(campaign_id: int, data: CampaignIn, actor: Actor, session: Session, now: Now) -> CampaignOut:
    """Replace the description of a campaign before its launch.

    The campaign becomes a draft and needs approval again.
    """
    return await out(session, await actions.edit(session, campaign_id, data, who=actor, now=now))


@router.get("/{campaign_id}/preview")
async def preview_campaign(campaign_id: int, session: Session, context: CampaignContextDep, now: Now) -> Preview:
    """Show what a campaign would do if it were launched now."""
    return await service.preview(session, campaign_id, kit=context, now=now)


@router.get("/{campaign_id}/report")
async def get_campaign_report(campaign_id: int, session: Session, context: CampaignContextDep) -> Report:
    """Get the delivery report of a campaign."""
    return await report(session, campaign_id, prices=context.rules.prices)


@router.post("", status_code=201, responses=refused(404), dependencies=[requires(Permission.WRITE)])
async def create_campaign(data: CampaignIn, actor: Actor, session: Session, now: Now) -> CampaignOut:
    """Create a draft campaign."""
    return await out(session, await service.create(session, data, who=actor, now=now))


@router.post("/{campaign_id}/budget", responses=refused(403), dependencies=[requires(Permission.SEND, fresh=True)])
async def set_campaign_budget(
    campaign_id: int, data: Budget, actor: Actor, session: Session, context: CampaignContextDep, now: Now
) -> CampaignOut:
    """Set the total budget of a campaign."""
    campaign = await actions.budget(session, campaign_id, amount=data.amount, kit=context, who=actor, now=now)
    return await out(session, campaign)


@router.post(
    "/{campaign_id}/test",
    status_code=202,
    dependencies=[requires(Permission.WRITE, Permission.APPROVE, Permission.SEND)],
)
async def test_campaign(
    campaign_id: int,
    data: TestIn,
    actor: Actor,
    session: Session,
    context: CampaignContextDep,
    keyring: KeyringDep,
    now: Now,
) -> list[TestOut]:
    """Send a campaign's text to a staff phone, marked as a test."""
    return await trial.send_test(session, campaign_id, data, who=actor, kit=context, keyring=keyring, now=now)


@router.post("/{campaign_id}/proceed", dependencies=[requires(Permission.WRITE, Permission.APPROVE, Permission.SEND)])
async def proceed_with_campaign(
    campaign_id: int, actor: Actor, session: Session, context: CampaignContextDep, now: Now
) -> Proceeded:
    """Submit, approve and launch a campaign, as far as your rights allow. The launch needs a fresh code."""
    campaign, waits_for = await invite.proceed(session, campaign_id, kit=context, who=actor, now=now)
    return Proceeded(campaign=campaign.id, state=campaign.state, waits_for=waits_for)


@router.post(
    "/{campaign_id}/{step}",
    responses=refused(403),
    dependencies=[requires(Permission.WRITE, Permission.APPROVE, Permission.SEND)],
)
async def take_campaign_step(
    campaign_id: int,
    step: ActionName,
    actor: Actor,
    session: Session,
    context: CampaignContextDep,
    now: Now,
    data: When | None = None,
) -> CampaignOut:
    """Move a campaign one step on, such as submit, approve or launch.

    The steps `clone` and `resend` create another campaign and return it.
    """
    at = data.at if data else None
    campaign = await take_action(session, campaign_id, step, kit=context, who=actor, at=at, now=now)
    return await out(session, campaign)
