"""A campaign as whoever approves it must see it: every text as it would be frozen, to whom, when, at what price."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import service, transitions
from api.campaigns.audience import phrases
from api.campaigns.audience.definition import Audience
from api.campaigns.audience.selection import CHANNELS
from api.campaigns.context import Kit
from api.campaigns.models import Campaign
from api.campaigns.rendering import spoken
from api.campaigns.schemas import CampaignOut, Part, Step, Wave
from api.consultations import content
from api.consultations.models import Consultation
from api.errors import Untranslated
from api.routing.prices import money


class Said(BaseModel):
    """One text as residents get it on a channel."""

    channel: str
    language: str
    latin: bool
    variant: int = Field(description="which parts it joins; 0: no parts")
    text: str
    choices: list[str] = Field(description="the words below it, as residents read them")
    segments: int = Field(description="SMS segments; 1 on Telegram")


class CampaignPage(CampaignOut):
    """A campaign with all that is approved."""

    said: list[Said]
    missing: str | None = Field(description="why there are no texts, in words; none if there are")
    hours: str = Field(description="when it may be sent, in words")
    called: list[str] = Field(description="words that options of its consultation are known by beside their labels")
    approved_by: str | None = Field(description="who approved it last, as it stands")


async def out(session: AsyncSession, found: Campaign) -> CampaignOut:
    """A campaign as it stands."""
    number = found.consultation_id
    consultation = await session.get(Consultation, number) if number is not None else None
    return CampaignOut(
        id=found.id,
        name=found.name,
        purpose=found.purpose,
        state=found.state,
        author=found.author,
        urgent=found.urgent,
        consultation=None if consultation is None else consultation.code,
        texts=found.texts,
        parts=[Part.model_validate(each) for each in found.parts or ()],
        audience=found.audience,
        audience_words=audience_words(found),
        quotas=found.quotas or {},
        quotas_words=phrases.quotas(found.quotas or {}),
        waves=[Wave.model_validate(each) for each in found.waves or ()],
        resends=found.resends,
        budget=None if found.budget is None else money(found.budget),
        expires_at=found.expires_at,
        scheduled_for=found.scheduled_for,
        launched_at=found.launched_at,
        steps=[
            Step(step=each.step, state=each.state, who=each.who, at=each.at)
            for each in await service.history(session, found.id)
        ],
    )


async def page(session: AsyncSession, found: Campaign, *, kit: Kit) -> CampaignPage:
    """The campaign with its texts as they would be frozen now."""
    given = await out(session, found)
    number = found.consultation_id
    consultation = await session.get(Consultation, number) if number is not None else None
    missing = None
    try:
        texts = await spoken(session, found, consultation, kit=kit)
    except Untranslated as fault:
        texts, missing = [], str(fault)
    said = [
        Said(
            channel=channel,
            language=each.language,
            latin=each.latin,
            variant=each.variant,
            text=each.on(channel),
            choices=[choice.label for choice in each.choices],
            segments=kit.parts("sms", each.on("sms"), each.choices) if channel == "sms" else 1,
        )
        for channel in CHANNELS
        for each in texts
    ]
    waiting = found.state in (
        transitions.DRAFT,
        transitions.SUBMITTED,
    )  # what was approved before it was edited is not approved now
    return CampaignPage(
        **given.model_dump(by_alias=True, exclude_unset=True),  # a condition says one thing
        said=said,
        missing=missing,
        called=[] if number is None else content.option_aliases(await content.read(session, consultation_id=number)),
        hours=phrases.hours(kit.rules.hours, urgent=found.urgent),
        approved_by=None if waiting else await service.approver(session, found.id) or None,
    )


def audience_words(found: Campaign) -> str:
    """Who is meant, in words."""
    if found.resends is not None:
        return f"those whom campaign {found.resends} failed to reach"
    if found.parts:
        return "; ".join(f"{each['about']}: {_words(each['audience'])}" for each in found.parts)
    return _words(found.audience)


def _words(audience: dict[str, Any]) -> str:
    return phrases.audience(Audience.model_validate(audience))
