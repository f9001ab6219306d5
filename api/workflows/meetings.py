"""Cancel or move a meeting and tell everyone registered; send reminders and news about free seats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.actors import Action
from api.campaigns import actions
from api.campaigns.audience.definition import Audience
from api.campaigns.audience.selection import MEETING
from api.campaigns.context import CampaignContext
from api.campaigns.models import Campaign
from api.campaigns.schemas import CampaignIn
from api.consultations import service as consultations
from api.consultations.fields import Words
from api.consultations.models import Consultation
from api.i18n import LANGUAGES, Voice
from api.meetings import notifications, service
from api.meetings.models import Meeting
from api.meetings.schemas import Reason, When
from api.messages import service as messages
from api.security.crypto import Keyring


async def cancel(
    session: AsyncSession, code: str, *, kit: CampaignContext, action: Action, reason: Reason | None = None
) -> tuple[Meeting, Campaign, dict[str, int]]:
    """Cancel a meeting and tell everyone registered, with the `reason`, at any hour.

    Returns the meeting, its campaign and the number of queued messages by channel. Raises NotFound or Conflict before
    anything is queued.
    """
    meeting = await service.mark_cancelled(session, code, who=action.actor, now=action.at)

    def news(voice: Voice) -> str:
        text = voice(
            "meeting.cancelled",
            when=notifications.start_text(meeting, voice),
            place=notifications.place_text(meeting, voice),
        )
        if reason is None:
            return text
        why = voice("meeting.reason", title=voice.pick(reason.model_dump()))
        return f"{text} {why}"

    return (meeting, *await _tell(session, meeting, news, kit=kit, action=action))


async def move(
    session: AsyncSession, code: str, data: When, *, kit: CampaignContext, action: Action
) -> tuple[Meeting, Campaign, dict[str, int]]:
    """Move a meeting to a new time or place, and tell everyone registered at any hour. They keep their seats.

    Returns the meeting, its campaign and the number of queued messages by channel. Raises NotFound, Conflict or Invalid
    before anything is queued.
    """
    meeting = await service.mark_moved(session, code, data, who=action.actor, now=action.at)
    if meeting.starts_at < notifications.end_of_tomorrow(action.at):
        meeting.reminded_at = action.at  # this message also serves as the reminder

    def news(voice: Voice) -> str:
        return voice(
            "meeting.moved",
            when=notifications.start_text(meeting, voice),
            place=notifications.place_text(meeting, voice),
        )

    return (meeting, *await _tell(session, meeting, news, kit=kit, action=action))


async def send_due(session: AsyncSession, *, kit: CampaignContext, keyring: Keyring, now: datetime) -> None:
    """Give free seats to residents on the waiting list and send due reminders, during sending hours only."""
    await kit.rules.book.renew(session)
    if kit.rules.hours.open_at(now):
        await notifications.seat_due(session, catalogs=kit.catalogs, keyring=keyring, now=now)
        await notifications.remind_due(session, catalogs=kit.catalogs, keyring=keyring, now=now)


async def _tell(
    session: AsyncSession, meeting: Meeting, news: Callable[[Voice], str], *, kit: CampaignContext, action: Action
) -> tuple[Campaign, dict[str, int]]:
    await messages.renew(session, kit.catalogs)
    consultation = await _open_consultation(session, meeting, action.at)
    data = CampaignIn(
        name=f"Meeting {meeting.state}: {meeting.code}",
        purpose=MEETING,
        consultation=consultation.code if consultation else None,
        texts=Words(**{language: _text(kit.catalogs.voice(language), news, consultation) for language in LANGUAGES}),
        audience=Audience(registered=meeting.code),
        urgent=True,
        expires_at=meeting.ends_at,
    )
    return await actions.at_once(session, data, kit=kit, who=action.actor, now=action.at)


async def _open_consultation(session: AsyncSession, meeting: Meeting, now: datetime) -> Consultation | None:
    """Return the meeting's consultation if it takes answers now; otherwise None."""
    if meeting.consultation_id is None:
        return None
    consultation = await session.get_one(Consultation, meeting.consultation_id)
    return consultation if consultations.takes_answers(consultation, now) else None


def _text(voice: Voice, news: Callable[[Voice], str], consultation: Consultation | None) -> str:
    """Return the text of the news. If there is a consultation, add how to take part in it."""
    if consultation is None:
        return news(voice)
    instead = voice("meeting.otherwise", code=consultation.code.upper())
    return f"{news(voice)} {instead}"
