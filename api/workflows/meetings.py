"""What all who registered for a meeting are told at once: it is cancelled or moved, and how else to take part."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import actions
from api.campaigns.audience.definition import Audience
from api.campaigns.audience.selection import MEETING
from api.campaigns.context import Kit
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
    session: AsyncSession, code: str, *, kit: Kit, who: str, now: datetime, reason: Reason | None = None
) -> tuple[Meeting, Campaign, dict[str, int]]:
    """Cancel a meeting and tell everyone registered, with the `reason`, now and at any hour.

    Returns what was queued by channel.

    Raises NotFound or Conflict before anything is queued.
    """
    found = await service.mark_cancelled(session, code, who=who, now=now)

    def news(voice: Voice) -> str:
        said = voice(
            "meeting.cancelled",
            when=notifications.start_text(found, voice),
            place=notifications.place_text(found, voice),
        )
        if reason is None:
            return said
        why = voice("meeting.reason", title=voice.pick(reason.model_dump()))
        return f"{said} {why}"

    return (found, *await _tell(session, found, news, kit=kit, who=who, now=now))


async def move(
    session: AsyncSession, code: str, given: When, *, kit: Kit, who: str, now: datetime
) -> tuple[Meeting, Campaign, dict[str, int]]:
    """Move a meeting and tell everyone registered, as `cancel` does; their seats stay theirs."""
    found = await service.mark_moved(session, code, given, who=who, now=now)
    if found.starts_at < notifications.end_of_tomorrow(now):
        found.reminded_at = now  # these news are the reminder: the clock would send the same a second later

    def news(voice: Voice) -> str:
        return voice(
            "meeting.moved", when=notifications.start_text(found, voice), place=notifications.place_text(found, voice)
        )

    return (found, *await _tell(session, found, news, kit=kit, who=who, now=now))


async def tick(session: AsyncSession, *, kit: Kit, keyring: Keyring, now: datetime) -> None:
    """Give free seats to those who wait, and send the reminders that are due, within hours."""
    await kit.rules.book.renew(session)
    if kit.rules.hours.open_at(now):
        await notifications.seat_due(session, catalogs=kit.catalogs, keyring=keyring, now=now)
        await notifications.remind_due(session, catalogs=kit.catalogs, keyring=keyring, now=now)


async def _tell(
    session: AsyncSession, found: Meeting, news: Callable[[Voice], str], *, kit: Kit, who: str, now: datetime
) -> tuple[Campaign, dict[str, int]]:
    await messages.renew(session, kit.catalogs)
    other = await _other_way(session, found, now)
    given = CampaignIn(
        name=f"Meeting {found.state}: {found.code}",
        purpose=MEETING,
        consultation=other.code if other else None,
        texts=Words(**{language: _text(kit.catalogs.voice(language), news, other) for language in LANGUAGES}),
        audience=Audience(registered=found.code),
        urgent=True,
        expires_at=found.ends_at,
    )
    return await actions.at_once(session, given, kit=kit, who=who, now=now)


async def _other_way(session: AsyncSession, found: Meeting, now: datetime) -> Consultation | None:
    """The consultation tied to a meeting, where it is open."""
    if found.consultation_id is None:
        return None
    other = await session.get_one(Consultation, found.consultation_id)
    return other if consultations.takes_answers(other, now) else None


def _text(voice: Voice, news: Callable[[Voice], str], other: Consultation | None) -> str:
    """The news, and the word that begins the consultation, whatever else is open."""
    if other is None:
        return news(voice)
    instead = voice("meeting.otherwise", code=other.code.upper())
    return f"{news(voice)} {instead}"
