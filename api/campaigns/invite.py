"""Invite to a consultation in one step: create an ordinary campaign, and take it as far as the user may."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import actions, service, transitions
from api.campaigns.audience.selection import INVITE
from api.campaigns.context import CampaignContext
from api.campaigns.models import Campaign
from api.campaigns.schemas import CampaignIn
from api.campaigns.transitions import CampaignState
from api.consultations import service as consultations
from api.errors import Conflict, NotOpen
from api.security import rights
from api.security.rights import Permission

_MANY = "it goes to more than {} people, so someone else must approve it"
_NO_RIGHT = "someone with the right {} must {} it"


async def invitation(session: AsyncSession, code: str, *, now: datetime) -> CampaignIn:
    """Return the contents of an invitation to an open consultation, for everyone not yet invited.

    Raises NotFound or NotOpen.
    """
    consultation = await consultations.get(session, code)
    if not consultations.takes_answers(consultation, now):
        raise NotOpen(f"{code} is {consultation.state}: people can only be invited to an open consultation")
    return CampaignIn(name=f"Invitation: {code}", purpose=INVITE, consultation=code)


async def draft(session: AsyncSession, code: str, *, who: str, now: datetime) -> Campaign:
    """Return the draft of the invitation to a consultation, creating one if needed.

    If an invitation was submitted or approved but not launched yet, that one is returned. Raises NotFound, NotOpen, or
    Conflict if the invitation is scheduled.
    """
    data = await invitation(session, code, now=now)
    consultation = await consultations.get(session, code)
    ahead = (Campaign.consultation_id == consultation.id, Campaign.state.in_(transitions.BEFORE_LAUNCH))
    query = select(Campaign).where(*ahead)
    candidates = (await session.scalars(query.order_by(Campaign.id.desc()))).all()
    # The name alone proves nothing: a draft with any other content is not this invitation.
    columns = await service.columns_of(session, data)
    existing = next((each for each in candidates if each.resends is None and _has_columns(each, columns)), None)
    if existing is None:
        return await service.create(session, data, who=who, now=now)
    if existing.state == CampaignState.SCHEDULED:
        raise Conflict(f"campaign {existing.id} is already scheduled to invite residents to {code}")
    return existing


def _has_columns(campaign: Campaign, columns: Mapping[str, Any]) -> bool:
    return all(getattr(campaign, name) == value for name, value in columns.items())


async def proceed(
    session: AsyncSession, campaign_id: int, *, kit: CampaignContext, who: str, now: datetime
) -> tuple[Campaign, str | None]:
    """Submit, approve and launch a campaign, as far as `who` may.

    Return the campaign, and who must do what before it can be launched: another person approves it if it goes to many
    people or if `who` lacks the right. Raises Conflict if it was launched or cancelled before, or Invalid if there are
    reasons against a launch. Raises Forbidden if an author approved it and it would now reach more people than an
    author may approve, or without a fresh code at its launch.
    """
    campaign = await service.get(session, campaign_id, locked=True)
    if campaign.state == CampaignState.DRAFT:
        rights.require(Permission.WRITE, None)
        await actions.submit(session, campaign_id, kit=kit, who=who, now=now)
    if campaign.state == CampaignState.SUBMITTED:
        people = (await service.preview_of(session, campaign, kit=kit, now=now)).recipients
        if people > kit.rules.approval_above:
            return campaign, _MANY.format(kit.rules.approval_above)
        if not rights.holds(Permission.APPROVE):
            return campaign, _NO_RIGHT.format(Permission.APPROVE, "approve")
        await actions.approve(session, campaign_id, kit=kit, who=who, now=now)
    transitions.next_state(campaign.state, "launch", subject=f"campaign {campaign_id}")
    if not rights.holds(Permission.SEND):
        return campaign, _NO_RIGHT.format(Permission.SEND, "launch")
    rights.require(Permission.SEND, None, fresh=True)
    await actions.launch(session, campaign_id, kit=kit, who=who, now=now)
    return campaign, None
