"""Campaigns: creating, finding and previewing them, and the record of what was done with each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import life
from api.campaigns.models import Campaign, CampaignStep
from api.campaigns.preview import preview as put_together
from api.campaigns.rules import Rules
from api.campaigns.schemas import CampaignIn, Preview
from api.channel import Channel
from api.consultations import service as consultations
from api.errors import NotFound
from api.i18n import Catalogs


@dataclass(frozen=True, slots=True)
class Kit:
    """What every campaign uses and none changes; the channels tell what texts cost."""

    catalogs: Catalogs
    channels: Sequence[Channel]
    rules: Rules


async def create(session: AsyncSession, given: CampaignIn, *, who: str, now: datetime) -> Campaign:
    """Keep a new draft. Raises NotFound where its consultation does not exist."""
    consultation = await consultations.get(session, given.consultation) if given.consultation else None
    made = Campaign(
        name=given.name,
        purpose=given.purpose,
        consultation_id=consultation.id if consultation else None,
        texts=given.texts.model_dump() if given.texts else None,
        audience=given.audience.model_dump(mode="json", by_alias=True, exclude_unset=True),
        urgent=given.urgent,
        state=life.DRAFT,
        author=who,
        expires_at=given.expires_at,
    )
    session.add(made)
    await session.flush()
    await note(session, made, "create", who=who, now=now)
    return made


async def clone(session: AsyncSession, campaign_id: int, *, who: str, now: datetime) -> Campaign:
    """A new draft with everything that staff wrote for another campaign. Raises NotFound."""
    found = await get(session, campaign_id)
    kept = ("name", "purpose", "consultation_id", "texts", "audience", "urgent")
    made = Campaign(**{name: getattr(found, name) for name in kept}, state=life.DRAFT, author=who)
    session.add(made)
    await session.flush()
    await note(session, made, "create", who=who, now=now)
    return made


async def get(session: AsyncSession, campaign_id: int, *, locked: bool = False) -> Campaign:
    """A campaign. Raises NotFound."""
    found = await session.get(Campaign, campaign_id, with_for_update=True if locked else None)
    if found is None:
        raise NotFound(f"there is no campaign {campaign_id}")
    return found


async def every(session: AsyncSession) -> Sequence[Campaign]:
    """All campaigns, the newest first."""
    return (await session.scalars(select(Campaign).order_by(Campaign.id.desc()))).all()


async def preview(session: AsyncSession, campaign_id: int, *, kit: Kit, now: datetime) -> Preview:
    """What it would do if it were launched now. Raises NotFound."""
    return await preview_of(session, await get(session, campaign_id), kit=kit, now=now)


async def preview_of(session: AsyncSession, campaign: Campaign, *, kit: Kit, now: datetime) -> Preview:
    """What a campaign at hand would do."""
    return await put_together(session, campaign, catalogs=kit.catalogs, channels=kit.channels, rules=kit.rules, now=now)


async def note(session: AsyncSession, campaign: Campaign, step: str, *, who: str, now: datetime) -> None:
    """Record a step."""
    session.add(CampaignStep(campaign_id=campaign.id, step=step, state=campaign.state, who=who, at=now))
    await session.flush()


async def history(session: AsyncSession, campaign_id: int) -> Sequence[CampaignStep]:
    """Who did what with a campaign, in order."""
    found = await session.scalars(
        select(CampaignStep).where(CampaignStep.campaign_id == campaign_id).order_by(CampaignStep.id)
    )
    return found.all()
