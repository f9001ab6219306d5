"""Inviting to a consultation in one command: a usual campaign, taken as far as its rules allow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import actions, service, transitions
from api.campaigns.audience.selection import INVITE
from api.campaigns.context import Kit
from api.campaigns.models import Campaign
from api.campaigns.schemas import CampaignIn
from api.consultations import service as consultations
from api.errors import Conflict, NotOpen

_AHEAD = (transitions.DRAFT, transitions.SUBMITTED, transitions.APPROVED, transitions.SCHEDULED)


async def described(session: AsyncSession, code: str, *, now: datetime) -> CampaignIn:
    """The invitation to an open consultation, to everyone not asked yet. Raises NotFound or NotOpen."""
    consultation = await consultations.get(session, code)
    if not consultations.takes_answers(consultation, now):
        raise NotOpen(f"{code} is {consultation.state}: only an open consultation can be invited to")
    return CampaignIn(name=f"Invitation: {code}", purpose=INVITE, consultation=code)


async def draft(session: AsyncSession, code: str, *, who: str, now: datetime) -> Campaign:
    """The invitation that was not launched yet, or a new draft if none is as `described`.

    Raises NotFound, NotOpen or Conflict (scheduled).
    """
    given = await described(session, code, now=now)
    consultation = await consultations.get(session, code)
    ahead = select(Campaign).where(Campaign.consultation_id == consultation.id, Campaign.state.in_(_AHEAD))
    candidates = (await session.scalars(ahead.order_by(Campaign.id.desc()))).all()
    # Anybody can give a draft this name: one that differs in anything is not the invitation this command describes.
    wanted = await service.written(session, given)
    found = next((each for each in candidates if each.resends is None and _is(each, wanted)), None)
    if found is None:
        return await service.create(session, given, who=who, now=now)
    if found.state == transitions.SCHEDULED:
        raise Conflict(f"campaign {found.id} is scheduled: it invites to {code} by itself")
    return found


def _is(campaign: Campaign, wanted: Mapping[str, Any]) -> bool:
    return all(getattr(campaign, name) == value for name, value in wanted.items())


async def proceed(session: AsyncSession, campaign_id: int, *, kit: Kit, who: str, now: datetime) -> Campaign:
    """Submit, approve and launch it, as far as `who` may; it stays submitted if somebody else must approve it.

    Raises Invalid with what stands against it, Forbidden if it grew since its author approved it.
    """
    campaign = await service.get(session, campaign_id, locked=True)
    if campaign.state == transitions.DRAFT:
        await actions.submit(session, campaign_id, kit=kit, who=who, now=now)
    if campaign.state == transitions.SUBMITTED:
        people = (await service.preview_of(session, campaign, kit=kit, now=now)).recipients
        if people > kit.rules.approval_above:
            return campaign
        await actions.approve(session, campaign_id, kit=kit, who=who, now=now)
    await actions.launch(session, campaign_id, kit=kit, who=who, now=now)
    return campaign
