"""A campaign as its approver must see it: every final text, who gets it and when."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import service, transitions
from api.campaigns.audience import phrases
from api.campaigns.audience.definition import Audience
from api.campaigns.audience.selection import CHANNELS, INVITE, REMIND
from api.campaigns.context import CampaignContext
from api.campaigns.models import Campaign
from api.campaigns.rendering import rendered
from api.campaigns.reporting.schemas import CampaignPage, Said
from api.campaigns.schemas import CampaignOut, Part, Step, Wave
from api.campaigns.transitions import CampaignState
from api.consultations import content
from api.consultations.models import Consultation, ConsultationState
from api.errors import Untranslated
from api.routing.prices import money


async def out(session: AsyncSession, campaign: Campaign) -> CampaignOut:
    """Return a campaign as the JSON API shows it to staff."""
    consultation_id = campaign.consultation_id
    consultation = await session.get(Consultation, consultation_id) if consultation_id is not None else None
    return CampaignOut(
        id=campaign.id,
        name=campaign.name,
        purpose=campaign.purpose,
        state=campaign.state,
        author=campaign.author,
        urgent=campaign.urgent,
        consultation=None if consultation is None else consultation.code,
        too_late=_too_late(campaign, consultation),
        texts=campaign.texts,
        parts=[Part.model_validate(each) for each in campaign.parts or ()],
        audience=campaign.audience,
        audience_words=audience_words(campaign),
        quotas=campaign.quotas or {},
        quotas_words=phrases.quotas(campaign.quotas or {}),
        waves=[Wave.model_validate(each) for each in campaign.waves or ()],
        resends=campaign.resends,
        budget=None if campaign.budget is None else money(campaign.budget),
        expires_at=campaign.expires_at,
        scheduled_for=campaign.scheduled_for,
        launched_at=campaign.launched_at,
        steps=[
            Step(step=each.step, state=each.state, who=each.who, at=each.at)
            for each in await service.history(session, campaign.id)
        ],
    )


def _too_late(campaign: Campaign, consultation: Consultation | None) -> bool:
    asks = campaign.purpose in (INVITE, REMIND) and campaign.state in transitions.BEFORE_LAUNCH
    return asks and consultation is not None and consultation.state == ConsultationState.CLOSED


async def page(session: AsyncSession, campaign: Campaign, *, kit: CampaignContext) -> CampaignPage:
    """Return a campaign with its texts as they would be sent now."""
    summary = await out(session, campaign)
    consultation_id = campaign.consultation_id
    consultation = await session.get(Consultation, consultation_id) if consultation_id is not None else None
    missing = None
    try:
        texts = await rendered(session, campaign, consultation, kit=kit)
    except Untranslated as fault:
        texts, missing = [], str(fault)
    texts_shown = [
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
    # An approval from before the last edit does not count.
    unapproved = campaign.state in (CampaignState.DRAFT, CampaignState.SUBMITTED)
    return CampaignPage(
        **summary.model_dump(
            by_alias=True, exclude_unset=True
        ),  # unset fields are left out, because a condition has one key
        said=texts_shown,
        missing=missing,
        called=await _called(session, consultation_id),
        hours=phrases.hours(kit.rules.hours, urgent=campaign.urgent),
        approved_by=None if unapproved else await service.approver(session, campaign.id) or None,
    )


async def _called(session: AsyncSession, consultation_id: int | None) -> list[str]:
    if consultation_id is None:
        return []
    return content.option_aliases(await content.read(session, consultation_id=consultation_id))


def audience_words(campaign: Campaign) -> str:
    """Return the audience of a campaign in words."""
    if campaign.resends is not None:
        return f"residents whom campaign {campaign.resends} failed to reach"
    if campaign.parts:
        return "; ".join(f"{each['about']}: {_words(each['audience'])}" for each in campaign.parts)
    return _words(campaign.audience)


def _words(audience: dict[str, Any]) -> str:
    return phrases.audience(Audience.model_validate(audience))
