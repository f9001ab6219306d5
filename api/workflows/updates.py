"""Draft messages to followers: updates on commitments, combined into one campaign, and ground checks.

A ground check asks followers in one commune whether a milestone is done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.actors import Action
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
    session: AsyncSession, code: str, number: int, data: UpdateIn, *, action: Action
) -> tuple[Update, Campaign]:
    """Save an update on a commitment, and add it to the draft of a campaign for followers.

    Until staff submit the draft, it collects updates on all commitments. Everyone who wrote one of them is an author of
    the draft and may not approve it. Raises NotFound.
    """
    commitment, update = await write.write_update(session, code, number, data, who=action.actor, now=action.at)
    campaign = await _add_to_draft(session, commitment, update)
    if campaign is not None:
        await service.note(session, campaign, "edit", who=action.actor, now=action.at)
    else:
        drafted = CampaignIn(name="Updates on commitments", purpose=UPDATE, parts=[_part(commitment, update.text)])
        campaign = await service.create(session, drafted, who=action.actor, now=action.at)
    update.campaign_id = campaign.id
    await session.flush()
    return update, campaign


async def draft_ground(
    session: AsyncSession,
    code: str,
    number: int,
    milestone: int,
    data: GroundIn,
    *,
    action: Action,
    smallest: int = FEWEST,
    weigh: Weigh | None = None,
) -> tuple[Consultation, Campaign]:
    """Open a consultation on a milestone, and draft an invitation to followers in the commune.

    `smallest` becomes the consultation's `smallest_count`. Raises NotFound. Raises Invalid if the commune does not
    exist, the closing time is in the past, or the question is too long.
    """
    commitment, consultation = await ground_checks.ask(
        session, code, number, milestone, data=data, who=action.actor, now=action.at, smallest=smallest, weigh=weigh
    )
    audience = {"all": [{"follows": follow_keys(commitment)}, {"commune": [data.commune]}]}
    drafted = CampaignIn(
        name=f"Ground check: {consultation.code}",
        purpose=INVITE,
        consultation=consultation.code,
        audience=audience,
    )
    return consultation, await service.create(session, drafted, who=action.actor, now=action.at)


def follow_keys(whole: CommitmentRecord) -> list[str]:
    """Return the topics whose followers get updates on a commitment: the commitment, its theme and its provinces."""
    theme = [f"theme:{whole.commitment.theme}"] if whole.commitment.theme else []
    provinces = whole.commitment.provinces or [place.code for place in places.provinces()]
    return [f"commitment:{whole.ref}", *theme, *(f"province:{province}" for province in provinces)]


async def _add_to_draft(session: AsyncSession, commitment: CommitmentRecord, update: Update) -> Campaign | None:
    """Add an update to the current draft campaign; return None if no draft has room for it."""
    # locked, so that it cannot be submitted meanwhile
    waiting = await session.scalar(
        select(Campaign)
        .where(Campaign.state == CampaignState.DRAFT, Campaign.id.in_(select(Update.campaign_id)))
        .order_by(Campaign.id.desc())
        .limit(1)
        .with_for_update()
    )
    if waiting is None or not waiting.parts:
        return None
    parts = add_part(
        [Part.model_validate(each) for each in waiting.parts], _part(commitment, update.text), commitment.label
    )
    if parts is None:
        return None
    waiting.parts = [each.model_dump(mode="json", by_alias=True, exclude_unset=True) for each in parts]
    return waiting


def add_part(before: Sequence[Part], new: Part, label: Mapping[str, str]) -> list[Part] | None:
    """Return the parts of a message with a new part added; None if the message would get too long.

    Each commitment has one part. Its texts begin with `label`, the commitment's name by language.
    """
    same = next((each for each in before if each.about == new.about), None)
    parts = [*before, new]
    try:
        if same is not None:
            parts = [_extended(each, new, label) if each is same else each for each in before]
        Words.model_validate({name: "\n".join(getattr(each.texts, name) for each in parts) for name in LANGUAGES})
    except ValidationError:
        return None
    return parts if len(parts) <= MOST else None


def _extended(part: Part, new: Part, label: Mapping[str, str]) -> Part:
    """Return `part` with the text of `new` appended, without repeating the commitment's name."""
    more = {name: getattr(new.texts, name)[len(f"{label[name]}: ") :] for name in LANGUAGES}
    texts = {name: f"{getattr(part.texts, name)} {more[name]}" for name in LANGUAGES}
    return Part(about=part.about, audience=part.audience, texts=Words.model_validate(texts))


def _part(commitment: CommitmentRecord, text: Mapping[str, str]) -> Part:
    """Return a campaign part for a commitment's followers."""
    texts = {language: f"{commitment.label[language]}: {text[language]}" for language in LANGUAGES}
    audience = Audience(follows=follow_keys(commitment))
    return Part(about=commitment.ref, audience=audience, texts=Words.model_validate(texts))
