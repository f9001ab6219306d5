"""The texts of a campaign in every language and script.

An invitation or reminder is written from the catalog. The text of any other campaign comes from its author.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns.audience import topics
from api.campaigns.audience.selection import INVITE, MEETING, REMIND
from api.campaigns.context import CampaignContext
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
class RenderedText:
    """One text of a campaign in one language and script."""

    language: str
    latin: bool
    text: str
    variant: int = 0
    choices: tuple[Choice, ...] = ()
    ending: str = ""  # for SMS only: the number to which to reply, if not to the sender

    def on(self, channel: str) -> str:
        """Return the text as it is sent on a channel."""
        return f"{self.text} {self.ending}" if channel == "sms" and self.ending else self.text


async def rendered(
    session: AsyncSession, campaign: Campaign, consultation: Consultation | None, *, kit: CampaignContext
) -> list[RenderedText]:
    """Return a campaign's texts in every language and script. Raises Untranslated if a translation is missing."""
    await messages.renew(session, kit.catalogs)
    count = 0 if consultation is None else await consultations.count_questions(session, consultation.id)
    meeting = await _upcoming_meeting(session, campaign)
    texts = []
    for language in LANGUAGES:
        for latin in (False, True) if language == "zgh" else (False,):
            voice = kit.catalogs.voice(language, latin=latin)
            number, choices = kit.rules.answer_to, _choices(voice, consultation, meeting)
            ending = voice("answer.to", number=number) if number else ""
            for variant, text in _texts(voice, campaign, consultation, count):
                texts.append(RenderedText(language, latin, text, variant, choices, ending))
    return texts


def _texts(voice: Voice, campaign: Campaign, consultation: Consultation | None, count: int) -> list[tuple[int, str]]:
    """Return a campaign's texts, each with its variant (the parts it contains, as a bit mask)."""
    if not campaign.parts:
        return [(0, _text(voice, campaign, consultation, count))]
    # one text for each combination of parts
    parts = [voice.pick(each["texts"]) for each in campaign.parts]
    return [(variant, _joined(voice, topics.of(variant, parts))) for variant in range(1, 2 ** len(parts))]


def _joined(voice: Voice, parts: Sequence[str]) -> str:
    """Join the parts of a campaign into one message."""
    # the sender comes first, and how to unfollow comes last
    sender, joined = voice("news.from"), "\n".join(parts)
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


async def _upcoming_meeting(session: AsyncSession, campaign: Campaign) -> Meeting | None:
    """Return the upcoming meeting that a campaign is about; None if it is about none."""
    code = campaign.audience.get("registered") if campaign.purpose == MEETING else None
    if code is None:
        return None
    query = select(Meeting).where(Meeting.code == code, Meeting.state.in_(AHEAD))
    meeting: Meeting | None = await session.scalar(query)
    return meeting


def _choices(voice: Voice, consultation: Consultation | None, meeting: Meeting | None) -> tuple[Choice, ...]:
    choices = () if consultation is None else (Choice(f"open:{consultation.code}", voice("word.begin"), action=True),)
    return choices if meeting is None else (*choices, notifications.withdraw_choice(meeting, voice))
