"""Invite to a consultation over the JSON API: the invitation is an ordinary campaign."""

from __future__ import annotations

from api.campaigns import invite
from api.campaigns.reporting.approval_page import out
from api.campaigns.schemas import CampaignOut
from api.security.rights import Permission
from api.web.deps import Actor, Now, Session, requires, staff_router

router = staff_router("", "campaigns")


@router.post("/consultations/{code}/invitation", dependencies=[requires(Permission.WRITE)])
async def draft_invitation(code: str, actor: Actor, session: Session, now: Now) -> CampaignOut:
    """Get the draft campaign that invites everyone who was not invited yet. If there is none, create it."""
    return await out(session, await invite.draft(session, code, who=actor, now=now))
