"""Create, read and preview campaigns, and record the actions taken on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors, audit
from api.campaigns import transitions
from api.campaigns.audience import participation_guard
from api.campaigns.context import CampaignContext
from api.campaigns.estimate.preview import preview as put_together
from api.campaigns.models import Campaign, CampaignStep
from api.campaigns.reporting.schemas import Preview
from api.campaigns.schemas import CampaignIn
from api.campaigns.transitions import CampaignState
from api.consultations import editing
from api.consultations import service as consultations
from api.errors import Conflict, NotFound
from api.pagination import FIRST_PAGE, Order, PageRequest, PageRows, waiting_first
from api.routing.prices import MILLION
from api.rules import service as rules
from api.staff import tokens

_ORDER = Order("campaigns", *waiting_first(Campaign.state.in_(transitions.WAITING), Campaign.id))
# The columns whose old and new values are stored in the audit record.
_RECORDED = (
    "state", "name", "purpose", "consultation_id", "texts", "parts", "audience", "quotas", "waves", "urgent", "budget",
    "expires_at", "scheduled_for",
)  # fmt: skip
# The columns that a resend copies from the original campaign.
_COPIED = ("name", "purpose", "consultation_id", "texts", "parts", "urgent", "budget")


async def create(session: AsyncSession, data: CampaignIn, *, who: str, now: datetime) -> Campaign:
    """Create a draft campaign.

    Raises NotFound if its consultation does not exist. Raises Conflict if its audience would reveal who takes part in
    an open consultation.
    """
    return await _keep(session, Campaign(**await columns_of(session, data)), who=who, now=now)


async def rewrite(session: AsyncSession, campaign: Campaign, data: CampaignIn) -> None:
    """Replace the contents of a campaign.

    Raises NotFound if its new consultation does not exist. Raises Conflict if the campaign resends another one, or if
    its audience would reveal who takes part in an open consultation.
    """
    if campaign.resends is not None:
        raise Conflict(
            f"campaign {campaign.id} resends failed messages of campaign {campaign.resends} and cannot be "
            f"edited: clone campaign {campaign.resends} instead"
        )
    for name, value in (await columns_of(session, data)).items():
        setattr(campaign, name, value)
    await participation_guard.check(session, campaign)


async def columns_of(session: AsyncSession, data: CampaignIn) -> dict[str, Any]:
    """Return the values of a campaign's columns for the contents that staff wrote.

    Raises NotFound if the consultation does not exist.
    """
    consultation = await consultations.get(session, data.consultation) if data.consultation else None
    return {
        "name": data.name,
        "purpose": data.purpose,
        "consultation_id": consultation.id if consultation else None,
        "texts": data.texts.model_dump() if data.texts else None,
        "parts": [_dumped(each) for each in data.parts] or None,
        "audience": _dumped(data.audience),
        "quotas": data.quotas or None,
        "waves": [wave.model_dump() for wave in data.waves] or None,
        "urgent": data.urgent,
        "budget": None if data.budget is None else round(data.budget * MILLION),
        "expires_at": data.expires_at,
    }


async def clone(session: AsyncSession, campaign_id: int, *, who: str, now: datetime) -> Campaign:
    """Create a draft with everything that staff wrote for another campaign. Raises NotFound."""
    original = await get(session, campaign_id)
    if original.resends is not None:
        return await resend(session, original.resends, who=who, now=now)
    draft = _like(original, *_COPIED, "audience", "quotas", "waves")
    return await _keep(session, draft, of=original, who=who, now=now)


async def resend(session: AsyncSession, campaign_id: int, *, who: str, now: datetime) -> Campaign:
    """Create a draft with the same text, for the people whom a campaign failed to reach.

    They are the people whose message failed or expired. Everyone whom it reached, or may have reached, is left out.
    Raises NotFound, or Conflict if the campaign was not launched.
    """
    original = await get(session, campaign_id)
    if original.launched_at is None:
        raise Conflict(f"campaign {campaign_id} was never launched, so it has no failed messages to resend")
    draft = _like(original, *_COPIED)
    draft.audience, draft.resends, draft.origin = {}, original.id, original.origin or original.id
    return await _keep(session, draft, of=original, who=who, now=now)


async def get(session: AsyncSession, campaign_id: int, *, locked: bool = False) -> Campaign:
    """Return a campaign. Raises NotFound."""
    campaign = await session.get(Campaign, campaign_id, with_for_update=True if locked else None)
    if campaign is None:
        raise NotFound(f"there is no campaign {campaign_id}")
    return campaign


async def every(session: AsyncSession, page: PageRequest = FIRST_PAGE) -> PageRows[Campaign]:
    """Return a page of campaigns.

    Those that wait for staff come first, oldest first. All others follow, newest first.
    """
    return await _ORDER.read(session, select(Campaign), page)


async def preview(session: AsyncSession, campaign_id: int, *, kit: CampaignContext, now: datetime) -> Preview:
    """Return what a campaign would do if launched now.

    Raises NotFound, or Conflict if its audience would reveal who takes part in an open consultation.
    """
    campaign = await get(session, campaign_id)
    await participation_guard.check(session, campaign)
    return await preview_of(session, campaign, kit=kit, now=now)


async def preview_of(session: AsyncSession, campaign: Campaign, *, kit: CampaignContext, now: datetime) -> Preview:
    """Return what this campaign would do if launched now."""
    return await put_together(session, campaign, kit=kit, now=now)


async def note(
    session: AsyncSession, campaign: Campaign, action: str, *, of: Campaign | None = None, who: str, now: datetime
) -> None:
    """Record an action taken on a campaign, and which of its columns the action changed.

    `of` is the campaign that it is a copy of, if it is created as one.
    """
    act, subject, about = f"campaign {action}", _subject(campaign), _subject(of) if of is not None else None
    audit.add(session, who=who, act=act, subject=subject, about=about, now=now, **audit.altered(campaign, *_RECORDED))
    session.add(CampaignStep(campaign_id=campaign.id, step=action, state=campaign.state, who=who, at=now))
    await session.flush()


async def history(session: AsyncSession, campaign_id: int) -> Sequence[CampaignStep]:
    """Return the actions taken on a campaign, in order."""
    query = select(CampaignStep).where(CampaignStep.campaign_id == campaign_id).order_by(CampaignStep.id)
    return (await session.scalars(query)).all()


async def approver(session: AsyncSession, campaign_id: int) -> str:
    """Return who approved a campaign last; empty if nobody did."""
    approvals = (CampaignStep.campaign_id == campaign_id, CampaignStep.step == "approve")
    last = select(CampaignStep.who).where(*approvals).order_by(CampaignStep.id.desc()).limit(1)
    return await session.scalar(last) or ""


async def authors(session: AsyncSession, campaign: Campaign) -> set[str]:
    """Return the names of everyone who wrote a campaign: its creator and its editors, and those of its consultation.

    If one of them is a copy, everyone who wrote the original is an author too. If an access token was used,
    the person who made the token counts as an author too.
    """
    wrote = (CampaignStep.campaign_id == campaign.id, CampaignStep.step.in_(("create", "edit")))
    names = {campaign.author, *await session.scalars(select(CampaignStep.who).where(*wrote))}
    names |= await audit.writers(session, _subject(campaign), ("campaign create", "campaign edit"))
    if campaign.consultation_id is not None:
        names |= await editing.authors(session, campaign.consultation_id)
    return names | await tokens.makers(session, names)


async def most_alone(session: AsyncSession, approver: str, *, in_force: int) -> int:
    """Return the most people to whom an author of this name may approve a campaign alone.

    `in_force` is the value of the rule. A value that the author set, also with a token that they made, does not raise
    it for them: otherwise somebody who also manages settings could approve anything.
    """
    for change in await rules.settings_of(session, "approval_above"):
        if not actors.among(approver, {change.who} | await tokens.makers(session, {change.who})):
            return min(int(change.value), in_force)
    return in_force


def _dumped(model: BaseModel) -> dict[str, Any]:
    return model.model_dump(mode="json", by_alias=True, exclude_unset=True)


def _like(campaign: Campaign, *names: str) -> Campaign:
    return Campaign(**{name: getattr(campaign, name) for name in names})


def _subject(campaign: Campaign) -> str:
    return f"campaign {campaign.id}"


async def _keep(
    session: AsyncSession, draft: Campaign, *, of: Campaign | None = None, who: str, now: datetime
) -> Campaign:
    """Save and record a new draft, which may be a copy `of` another campaign.

    Raises Conflict if its audience would reveal who takes part.
    """
    await participation_guard.check(session, draft)
    draft.state, draft.author = CampaignState.DRAFT, who
    session.add(draft)
    await session.flush()
    await note(session, draft, "create", of=of, who=who, now=now)
    return draft
