"""Invite to a consultation over the JSON API: draft an ordinary campaign, and take it as far as the user may."""

from __future__ import annotations

from api.campaigns import invite
from api.campaigns.reporting.approval_page import out
from api.campaigns.schemas import CampaignOut, Proceeded
from api.security.rights import Permission
from api.v1.deps import CampaignContextDep
from api.web.deps import Actor, Now, Session, requires, staff_router

router = staff_router("", "campaigns")


@router.post("/consultations/{code}/invitation", dependencies=[requires(Permission.WRITE)])
async def draft_invitation(code: str, actor: Actor, session: Session, now: Now) -> CampaignOut:
    """Get the campaign that invites everyone not yet invited, if it was not launched yet; draft one otherwise."""
    return await out(session, await invite.draft(session, code, who=actor, now=now))


@router.post(
    "/campaigns/{campaign_id}/proceed", dependencies=[requires(Permission.WRITE, Permission.APPROVE, Permission.SEND)]
)
async def proceed_with_campaign(
    campaign_id: int, actor: Actor, session: Session, context: CampaignContextDep, now: Now
) -> Proceeded:
    """Submit, approve and launch a campaign, as far as the user may. The launch needs a fresh code."""
    campaign, waits_for = await invite.proceed(session, campaign_id, kit=context, who=actor, now=now)
    return Proceeded(campaign=campaign.id, state=campaign.state, waits_for=waits_for)
