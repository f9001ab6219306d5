"""What followers get: news of all they follow, joined into one message, and questions on the ground."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import service
from api.campaigns.audience.definition import Audience
from api.campaigns.audience.digest import UPDATE
from api.campaigns.audience.selection import INVITE
from api.campaigns.audience.topics import MOST
from api.campaigns.models import Campaign
from api.campaigns.schemas import CampaignIn, Part
from api.campaigns.transitions import CampaignState
from api.commitments import ground_checks, write
from api.commitments.content import CommitmentRecord
from api.commitments.models import Update
from api.commitments.update_schemas import GroundIn, UpdateIn
from api.consultations.fields import Words
from api.consultations.models import Consultation
from api.consultations.sms_budget import Weigh
from api.i18n import LANGUAGES
from api.region import places
from api.suppression import FEWEST


async def draft_update(
    session: AsyncSession, code: str, number: int, given: UpdateIn, *, who: str, now: datetime
) -> tuple[Update, Campaign]:
    """Keep news of a commitment, and the draft of the campaign that brings them to its followers.

    While a draft of news is waiting, of whatever commitments, these join it: each follower gets, as one message, those
    of what they follow. Raises NotFound.
    """
    found, update = await write.write_update(session, code, number, given, who=who, now=now)
    campaign = await _join(session, found, update)
    if campaign is None:
        drafted = CampaignIn(name="News of commitments", purpose=UPDATE, parts=[_part(found, update.text)])
        campaign = await service.create(session, drafted, who=who, now=now)
    update.campaign_id = campaign.id
    await session.flush()
    return update, campaign


async def draft_ground(
    session: AsyncSession,
    code: str,
    number: int,
    milestone: int,
    given: GroundIn,
    *,
    who: str,
    now: datetime,
    smallest: int = FEWEST,
    weigh: Weigh | None = None,
) -> tuple[Consultation, Campaign]:
    """Open a question on a milestone, and draft the invitation of its followers in the commune.

    `smallest` is its `smallest_count`.
    Raises NotFound, or Invalid where there is no such commune, the end is past, or the question is too long.
    """
    found, asked = await ground_checks.ask(
        session, code, number, milestone, data=given, who=who, now=now, smallest=smallest, weigh=weigh
    )
    audience = {"all": [{"follows": followed(found)}, {"commune": [given.commune]}]}
    drafted = CampaignIn(
        name=f"On the ground: {asked.code}", purpose=INVITE, consultation=asked.code, audience=audience
    )
    return asked, await service.create(session, drafted, who=who, now=now)


def followed(found: CommitmentRecord) -> list[str]:
    """What one may follow to get news of a commitment: itself, its theme, the provinces it concerns."""
    theme = [f"theme:{found.commitment.theme}"] if found.commitment.theme else []
    provinces = found.commitment.provinces or [place.code for place in places.provinces()]
    return [f"commitment:{found.ref}", *theme, *(f"province:{province}" for province in provinces)]


async def _join(session: AsyncSession, found: CommitmentRecord, update: Update) -> Campaign | None:
    """Put news into the draft that is waiting with others; None where there is none, or it would grow too long.

    The draft is locked: what was submitted meanwhile is what was read, and does not change.
    """
    waiting = await session.scalar(
        select(Campaign)
        .where(Campaign.state == CampaignState.DRAFT, Campaign.id.in_(select(Update.campaign_id)))
        .order_by(Campaign.id.desc())
        .limit(1)
        .with_for_update()
    )
    if waiting is None or not waiting.parts:
        return None
    parts = joined([Part.model_validate(each) for each in waiting.parts], _part(found, update.text), found.label)
    if parts is None:
        return None
    waiting.parts = [each.model_dump(mode="json", by_alias=True, exclude_unset=True) for each in parts]
    return waiting


def joined(before: Sequence[Part], new: Part, label: Mapping[str, str]) -> list[Part] | None:
    """The parts with one more, which begins with its commitment's name; news of the same commitment are one part.

    None where they would not fit a message.
    """
    same = next((each for each in before if each.about == new.about), None)
    parts = [*before, new]
    try:
        if same is not None:
            parts = [_longer(each, new, label) if each is same else each for each in before]
        Words.model_validate({name: "\n".join(getattr(each.texts, name) for each in parts) for name in LANGUAGES})
    except ValidationError:
        return None
    return parts if len(parts) <= MOST else None


def _longer(part: Part, new: Part, label: Mapping[str, str]) -> Part:
    """A part with the news of another behind its own; the commitment's name stands before them once."""
    more = {name: getattr(new.texts, name)[len(f"{label[name]}: ") :] for name in LANGUAGES}
    texts = {name: f"{getattr(part.texts, name)} {more[name]}" for name in LANGUAGES}
    return Part(about=part.about, audience=part.audience, texts=Words.model_validate(texts))


def _part(found: CommitmentRecord, text: Mapping[str, str]) -> Part:
    """News for those who follow what they are of, after the commitment's name."""
    texts = {language: f"{found.label[language]}: {text[language]}" for language in LANGUAGES}
    return Part(about=found.ref, audience=Audience(follows=followed(found)), texts=Words.model_validate(texts))
