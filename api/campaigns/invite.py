"""Invite to a consultation with one command: create an ordinary campaign, and take it as far as the user may."""

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


async def invitation(session: AsyncSession, code: str, *, now: datetime) -> CampaignIn:
    """Return the contents of an invitation to an open consultation, for everyone not yet invited.

    Raises NotFound or NotOpen.
    """
    consultation = await consultations.get(session, code)
    if not consultations.takes_answers(consultation, now):
        raise NotOpen(f"{code} is {consultation.state}: people can only be invited to an open consultation")
    return CampaignIn(name=f"Invitation: {code}", purpose=INVITE, consultation=code)


async def draft(session: AsyncSession, code: str, *, who: str, now: datetime) -> Campaign:
    """Return the consultation's invitation campaign that was not launched yet or, if there is none, a new draft.

    Raises NotFound, NotOpen, or Conflict if the invitation is scheduled.
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
) -> Campaign:
    """Submit, approve and launch a campaign. It stays submitted if another person must approve it.

    Raises Invalid if there are reasons against a launch. Raises Forbidden if an author approved it and it would now
    reach more people than an author may approve.
    """
    campaign = await service.get(session, campaign_id, locked=True)
    if campaign.state == CampaignState.DRAFT:
        await actions.submit(session, campaign_id, kit=kit, who=who, now=now)
    if campaign.state == CampaignState.SUBMITTED:
        people = (await service.preview_of(session, campaign, kit=kit, now=now)).recipients
        if people > kit.rules.approval_above:
            return campaign
        await actions.approve(session, campaign_id, kit=kit, who=who, now=now)
    await actions.launch(session, campaign_id, kit=kit, who=who, now=now)
    return campaign
