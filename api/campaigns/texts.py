"""What a campaign says, in every language and script: the catalog's invitation, or the three texts of its author."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.models import Campaign
from api.campaigns.selection import INVITE, REMIND
from api.channel import Choice
from api.clock import MOROCCO
from api.consultations import service as consultations
from api.consultations.models import Consultation
from api.formats import short_day
from api.i18n import LANGUAGES, Catalogs, Voice
from api.messages import service as messages


@dataclass(frozen=True, slots=True)
class Spoken:
    """One text of a campaign."""

    language: str
    latin: bool
    text: str
    choices: tuple[Choice, ...] = ()


async def spoken(
    session: AsyncSession, campaign: Campaign, consultation: Consultation | None, *, catalogs: Catalogs
) -> list[Spoken]:
    """The texts in every language and script. Raises Untranslated where one is missing."""
    await messages.renew(session, catalogs)
    count = 0 if consultation is None else await consultations.count_questions(session, consultation.id)
    found = []
    for language in LANGUAGES:
        for latin in (False, True) if language == "zgh" else (False,):
            voice = catalogs.voice(language, latin=latin)
            text = _text(voice, campaign, consultation, count)
            found.append(Spoken(language, latin, text, _choices(voice, consultation)))
    return found


def _text(voice: Voice, campaign: Campaign, consultation: Consultation | None, count: int) -> str:
    if campaign.texts is not None:
        return voice.pick(campaign.texts)
    if consultation is None or campaign.purpose not in (INVITE, REMIND):
        return voice.pick({})
    text = voice("invite", title=voice.pick(consultation.title), count=count)
    if consultation.closes_at is None:
        return text
    ending = voice("invite.until", until=short_day(consultation.closes_at.astimezone(MOROCCO)))
    return f"{text} {ending}"


def _choices(voice: Voice, consultation: Consultation | None) -> tuple[Choice, ...]:
    if consultation is None:
        return ()
    return (Choice(f"open:{consultation.code}", voice("word.begin"), action=True),)
