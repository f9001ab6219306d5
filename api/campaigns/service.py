"""Campaigns: creating, finding and previewing them, and the record of what was done with each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import transitions
from api.campaigns.audience import participation_guard
from api.campaigns.context import Kit
from api.campaigns.estimate.preview import preview as put_together
from api.campaigns.models import Campaign, CampaignStep
from api.campaigns.reporting.schemas import Preview
from api.campaigns.schemas import CampaignIn
from api.consultations import service as consultations
from api.errors import Conflict, NotFound
from api.pagination import FIRST_PAGE, Order, PageRequest, PageRows, waiting_first
from api.routing.prices import MILLION

_ORDER = Order("campaigns", *waiting_first(Campaign.state.in_(transitions.WAITING), Campaign.id))
# What a campaign says, how, at what price.
_SAID = ("name", "purpose", "consultation_id", "texts", "parts", "urgent", "budget")


async def create(session: AsyncSession, given: CampaignIn, *, who: str, now: datetime) -> Campaign:
    """Keep a new draft. Raises NotFound where its consultation does not exist."""
    return await _keep(session, Campaign(**await written(session, given)), who=who, now=now)


async def rewrite(session: AsyncSession, found: Campaign, given: CampaignIn) -> None:
    """Let it say what is given now. Raises NotFound, or Conflict where it resends or tells who takes part in a vote."""
    if found.resends is not None:
        raise Conflict(f"campaign {found.id} says what campaign {found.resends} said: clone that one instead")
    for name, value in (await written(session, given)).items():
        setattr(found, name, value)
    await participation_guard.check(session, found)


async def written(session: AsyncSession, given: CampaignIn) -> dict[str, Any]:
    """The columns of a campaign that staff write. Raises NotFound where its consultation does not exist."""
    consultation = await consultations.get(session, given.consultation) if given.consultation else None
    return {
        "name": given.name,
        "purpose": given.purpose,
        "consultation_id": consultation.id if consultation else None,
        "texts": given.texts.model_dump() if given.texts else None,
        "parts": [_dumped(each) for each in given.parts] or None,
        "audience": _dumped(given.audience),
        "quotas": given.quotas or None,
        "waves": [wave.model_dump() for wave in given.waves] or None,
        "urgent": given.urgent,
        "budget": None if given.budget is None else round(given.budget * MILLION),
        "expires_at": given.expires_at,
    }


async def clone(session: AsyncSession, campaign_id: int, *, who: str, now: datetime) -> Campaign:
    """A new draft with everything that staff wrote for another campaign. Raises NotFound."""
    found = await get(session, campaign_id)
    if found.resends is not None:
        return await resend(session, found.resends, who=who, now=now)
    return await _keep(session, _like(found, *_SAID, "audience", "quotas", "waves"), who=who, now=now)


async def resend(session: AsyncSession, campaign_id: int, *, who: str, now: datetime) -> Campaign:
    """A new draft that says the same to those whom a campaign failed to reach: its messages failed or expired.

    Whoever it reached, or may have reached, gets nothing again (see `campaigns/audience/selection.py`). Raises
    NotFound, or Conflict where nothing was sent.
    """
    found = await get(session, campaign_id)
    if found.launched_at is None:
        raise Conflict(f"campaign {campaign_id} was not launched: nothing of it failed")
    made = _like(found, *_SAID)
    made.audience, made.resends, made.origin = {}, found.id, found.origin or found.id
    return await _keep(session, made, who=who, now=now)


async def get(session: AsyncSession, campaign_id: int, *, locked: bool = False) -> Campaign:
    """A campaign. Raises NotFound."""
    found = await session.get(Campaign, campaign_id, with_for_update=True if locked else None)
    if found is None:
        raise NotFound(f"there is no campaign {campaign_id}")
    return found


async def every(session: AsyncSession, asked: PageRequest = FIRST_PAGE) -> PageRows[Campaign]:
    """Campaigns: what waits for staff first, the oldest first; then the others, the newest first."""
    return await _ORDER.read(session, select(Campaign), asked)


async def preview(session: AsyncSession, campaign_id: int, *, kit: Kit, now: datetime) -> Preview:
    """What it would do if it were launched now. Raises NotFound, or Conflict where it tells who takes part."""
    found = await get(session, campaign_id)
    await participation_guard.check(session, found)
    return await preview_of(session, found, kit=kit, now=now)


async def preview_of(session: AsyncSession, campaign: Campaign, *, kit: Kit, now: datetime) -> Preview:
    """What a campaign at hand would do."""
    return await put_together(session, campaign, kit=kit, now=now)


async def note(session: AsyncSession, campaign: Campaign, step: str, *, who: str, now: datetime) -> None:
    """Record a step."""
    session.add(CampaignStep(campaign_id=campaign.id, step=step, state=campaign.state, who=who, at=now))
    await session.flush()


async def history(session: AsyncSession, campaign_id: int) -> Sequence[CampaignStep]:
    """Who did what with a campaign, in order."""
    wanted = select(CampaignStep).where(CampaignStep.campaign_id == campaign_id).order_by(CampaignStep.id)
    return (await session.scalars(wanted)).all()


async def approver(session: AsyncSession, campaign_id: int) -> str:
    """Who approved a campaign last; '' where nobody did."""
    approvals = (CampaignStep.campaign_id == campaign_id, CampaignStep.step == "approve")
    last = select(CampaignStep.who).where(*approvals).order_by(CampaignStep.id.desc()).limit(1)
    return await session.scalar(last) or ""


async def authors(session: AsyncSession, campaign: Campaign) -> set[str]:
    """Everyone who wrote what it says: who made it, and who edited it."""
    wrote = (CampaignStep.campaign_id == campaign.id, CampaignStep.step.in_(("create", "edit")))
    return {campaign.author, *await session.scalars(select(CampaignStep.who).where(*wrote))}


def _dumped(given: BaseModel) -> dict[str, Any]:
    return given.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _like(found: Campaign, *names: str) -> Campaign:
    return Campaign(**{name: getattr(found, name) for name in names})


async def _keep(session: AsyncSession, made: Campaign, *, who: str, now: datetime) -> Campaign:
    """Keep a draft, and that it was created. Raises Conflict where its audience would say who takes part in a vote."""
    await participation_guard.check(session, made)
    made.state, made.author = transitions.DRAFT, who
    session.add(made)
    await session.flush()
    await note(session, made, "create", who=who, now=now)
    return made
