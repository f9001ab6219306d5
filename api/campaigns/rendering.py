"""What a campaign says, in every language and script: the catalog's invitation, or the three texts of its author."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.audience import topics
from api.campaigns.audience.selection import INVITE, MEETING, REMIND
from api.campaigns.context import Kit
from api.campaigns.models import Campaign
from api.channel import Choice
from api.clock import MOROCCO
from api.consultations import service as consultations
from api.consultations.models import Consultation
from api.i18n import LANGUAGES, Voice
from api.meetings import notifications
from api.meetings.models import Meeting
from api.meetings.service import AHEAD
from api.messages import service as messages
from api.text.formats import short_day


@dataclass(frozen=True, slots=True)
class Spoken:
    """One text of a campaign."""

    language: str
    latin: bool
    text: str
    variant: int = 0
    choices: tuple[Choice, ...] = ()
    ending: str = ""  # by SMS only: where to answer, if not to the sender

    def on(self, channel: str) -> str:
        """The text as it is said on a channel."""
        return f"{self.text} {self.ending}" if channel == "sms" and self.ending else self.text


async def spoken(
    session: AsyncSession, campaign: Campaign, consultation: Consultation | None, *, kit: Kit
) -> list[Spoken]:
    """The texts in every language and script. Raises Untranslated where one is missing."""
    await messages.renew(session, kit.catalogs)
    count = 0 if consultation is None else await consultations.count_questions(session, consultation.id)
    meeting = await _ahead(session, campaign)
    found = []
    for language in LANGUAGES:
        for latin in (False, True) if language == "zgh" else (False,):
            voice = kit.catalogs.voice(language, latin=latin)
            number, choices = kit.rules.answer_to, _choices(voice, consultation, meeting)
            ending = voice("answer.to", number=number) if number else ""
            for variant, text in _texts(voice, campaign, consultation, count):
                found.append(Spoken(language, latin, text, variant, choices, ending))
    return found


def _texts(voice: Voice, campaign: Campaign, consultation: Consultation | None, count: int) -> list[tuple[int, str]]:
    """What it says by variant; one in parts has one of each of their joinings."""
    if not campaign.parts:
        return [(0, _text(voice, campaign, consultation, count))]
    said = [voice.pick(each["texts"]) for each in campaign.parts]
    return [(variant, _news(voice, topics.of(variant, said))) for variant in range(1, 2 ** len(said))]


def _news(voice: Voice, said: Sequence[str]) -> str:
    """What somebody follows, joined: who sends it, and how to get no more of it."""
    sender, joined = voice("news.from"), "\n".join(said)
    return "\n".join((f"{sender} {joined}", voice("news.stop")))


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


async def _ahead(session: AsyncSession, campaign: Campaign) -> Meeting | None:
    """The meeting to come whose registered are written to: they are told how to give their seat back."""
    code = campaign.audience.get("registered") if campaign.purpose == MEETING else None
    if code is None:
        return None
    found: Meeting | None = await session.scalar(select(Meeting).where(Meeting.code == code, Meeting.state.in_(AHEAD)))
    return found


def _choices(voice: Voice, consultation: Consultation | None, meeting: Meeting | None) -> tuple[Choice, ...]:
    other = () if consultation is None else (Choice(f"open:{consultation.code}", voice("word.begin"), action=True),)
    return other if meeting is None else (*other, notifications.withdraw_choice(meeting, voice))
