"""Notifications to registered residents, in their language: a free seat, a reminder, the minutes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Choice, Reply
from api.clock import MOROCCO
from api.i18n import Catalogs, Voice
from api.meetings.calendar import attachments
from api.meetings.models import Meeting, Registration
from api.meetings.seats import move_up, waits_for_seat
from api.meetings.service import AHEAD, SEAT
from api.messages import service as messages
from api.outbox.write import notifications
from api.residents.models import Resident
from api.security.crypto import Keyring
from api.text.formats import short_day, weekday

_AT_ONCE = 1000  # people per statement


def start_text(meeting: Meeting, voice: Voice | None = None) -> str:
    """Return the date and time of a meeting in Morocco. With a `voice`, the weekday in its language comes first."""
    local = meeting.starts_at.astimezone(MOROCCO)
    day = f"{voice.write(weekday(local.date(), voice.language))} " if voice is not None else ""
    return f"{day}{short_day(local)} {local:%H:%M}"


def place_text(meeting: Meeting, voice: Voice) -> str:
    """Return the name of the meeting's place in a person's language."""
    return voice.pick(meeting.place)


def withdraw_choice(meeting: Meeting, voice: Voice) -> Choice:
    """Return the button with which a resident gives up their seat."""
    return Choice(f"meet:out:{meeting.id}", voice("word.withdraw"), action=True)


async def _seat_next(
    session: AsyncSession, meeting: Meeting, *, catalogs: Catalogs, keyring: Keyring, now: datetime
) -> int:
    residents = await move_up(session, meeting)

    def text(voice: Voice) -> str:
        return voice("meeting.promoted", when=start_text(meeting, voice), place=place_text(meeting, voice))

    await _tell(session, meeting, residents, text, catalogs=catalogs, keyring=keyring, now=now)
    return len(residents)


async def seat_due(session: AsyncSession, *, catalogs: Catalogs, keyring: Keyring, now: datetime) -> int:
    """Give free seats to the residents who have waited longest, and tell them; return how many seats were given.

    Call it only in the hours when residents may be written to.
    """
    due = await session.scalars(free_seats(now).with_for_update(skip_locked=True))
    return sum([await _seat_next(session, each, catalogs=catalogs, keyring=keyring, now=now) for each in due.all()])


def free_seats(now: Any) -> Select[Meeting]:
    """Select the meetings that have a free seat while somebody waits for one."""
    waited_for = select(Registration.meeting_id).where(waits_for_seat())
    seated = (Registration.meeting_id == Meeting.id, Registration.state == SEAT)
    taken = select(func.count()).select_from(Registration).where(*seated).correlate(Meeting).scalar_subquery()
    ahead = (Meeting.state.in_(AHEAD), Meeting.starts_at > now)
    return select(Meeting).where(*ahead, Meeting.id.in_(waited_for), taken < Meeting.seats)


def remind_from(starts_at: datetime) -> datetime:
    """Return when reminders of a meeting become due: at the start of the previous day in Morocco."""
    return datetime.combine(starts_at.astimezone(MOROCCO).date() - timedelta(days=1), time(), MOROCCO)


def end_of_tomorrow(now: datetime) -> datetime:
    """Return the end of the next day in Morocco. Reminders are due for meetings that begin before then."""
    return datetime.combine(now.astimezone(MOROCCO).date() + timedelta(days=2), time(), MOROCCO)


async def remind_due(session: AsyncSession, *, catalogs: Catalogs, keyring: Keyring, now: datetime) -> int:
    """Send reminders of the next day's meetings to residents with a seat; return the number of meetings.

    Each reminder is sent once. Call it only in the hours when residents may be written to.
    """
    due = await session.scalars(
        select(Meeting)
        .where(
            Meeting.state.in_(AHEAD),
            Meeting.reminded_at.is_(None),
            Meeting.starts_at > now,
            Meeting.starts_at < end_of_tomorrow(now),
        )
        .with_for_update(skip_locked=True)
    )
    meetings = due.all()
    for meeting in meetings:
        meeting.reminded_at = now
        await _remind(session, meeting, catalogs=catalogs, keyring=keyring, now=now)
    await session.flush()
    return len(meetings)


def minutes_question(meeting: Meeting, voice: Voice) -> Reply:
    """Return the message that shows the minutes and asks whether they are right."""
    text = voice("minutes.ask", place=place_text(meeting, voice), minutes=voice.pick(meeting.minutes or {}))
    choices = (
        Choice(f"meet:right:{meeting.id}", voice("word.yes")),
        Choice(f"meet:wrong:{meeting.id}", voice("word.no")),
    )
    return Reply(text, choices)


async def _remind(
    session: AsyncSession, meeting: Meeting, *, catalogs: Catalogs, keyring: Keyring, now: datetime
) -> None:
    seated = select(Registration.resident_id).where(Registration.meeting_id == meeting.id, Registration.state == SEAT)

    def text(voice: Voice) -> str:
        return voice("meeting.reminder", when=start_text(meeting, voice), place=place_text(meeting, voice))

    residents = (await session.scalars(seated.order_by(Registration.id))).all()
    await _tell(session, meeting, residents, text, catalogs=catalogs, keyring=keyring, now=now)


async def _tell(
    session: AsyncSession,
    meeting: Meeting,
    residents: Sequence[int],
    text: Callable[[Voice], str],
    *,
    catalogs: Catalogs,
    keyring: Keyring,
    now: datetime,
) -> None:
    if residents:
        await messages.renew(session, catalogs)

    @cache  # everybody who reads the same language in the same script gets the same text
    def reply(language: str, latin: bool) -> Reply:
        voice = catalogs.voice(language, latin=latin)
        files = attachments(meeting, voice, now=now)
        return Reply(text(voice), (withdraw_choice(meeting, voice),), attachments=files)

    for first in range(0, len(residents), _AT_ONCE):
        batch = select(Resident).where(Resident.id.in_(residents[first : first + _AT_ONCE]))
        people = await session.scalars(batch.order_by(Resident.id))
        replies = {resident.id: reply(resident.language, resident.latin) for resident in people}
        await notifications.notify_each(session, replies, keyring=keyring, now=now, until=meeting.starts_at)
