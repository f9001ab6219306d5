"""What those who registered are told, in their language: a seat that came free, a reminder, the minutes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Choice, Reply
from api.clock import MOROCCO
from api.i18n import Catalogs, Voice
from api.meetings.calendar import attachments
from api.meetings.models import Meeting, Registration
from api.meetings.seats import move_up, moves_up
from api.meetings.service import AHEAD, SEAT
from api.messages import service as messages
from api.outbox.write import notifications
from api.residents.models import Resident
from api.security.crypto import Keyring
from api.text.formats import short_day, weekday

_AT_ONCE = 1000  # people that one statement names


def when(meeting: Meeting, voice: Voice | None = None) -> str:
    """Date and hour in Morocco; for residents with the day of the week, in their language."""
    local = meeting.starts_at.astimezone(MOROCCO)
    day = f"{voice.write(weekday(local.date(), voice.language))} " if voice is not None else ""
    return f"{day}{short_day(local)} {local:%H:%M}"


def place(meeting: Meeting, voice: Voice) -> str:
    """Where it is."""
    return voice.pick(meeting.place)


def giving_up(meeting: Meeting, voice: Voice) -> Choice:
    """The way to give one's seat back."""
    return Choice(f"meet:out:{meeting.id}", voice("word.withdraw"), action=True)


async def _seat_next(
    session: AsyncSession, meeting: Meeting, *, catalogs: Catalogs, keyring: Keyring, now: datetime
) -> int:
    moved = await move_up(session, meeting)

    def news(voice: Voice) -> str:
        return voice("meeting.promoted", when=when(meeting, voice), place=place(meeting, voice))

    await _tell(session, meeting, moved, news, catalogs=catalogs, keyring=keyring, now=now)
    return len(moved)


async def seat_due(session: AsyncSession, *, catalogs: Catalogs, keyring: Keyring, now: datetime) -> int:
    """Give the seats that came free to those who waited longest, and tell them; returns how many.

    To be called within the hours at which residents are written to. Nobody overtakes them meanwhile: who registers
    while somebody waits, waits too.
    """
    due = await session.scalars(free_seats(now).with_for_update(skip_locked=True))
    return sum([await _seat_next(session, each, catalogs=catalogs, keyring=keyring, now=now) for each in due.all()])


def free_seats(now: Any) -> Select[Meeting]:
    """The meetings with a seat that came free while somebody waits for one."""
    waited = select(Registration.meeting_id).where(moves_up())
    held = (Registration.meeting_id == Meeting.id, Registration.state == SEAT)
    taken = select(func.count()).select_from(Registration).where(*held).correlate(Meeting).scalar_subquery()
    ahead = (Meeting.state.in_(AHEAD), Meeting.starts_at > now)
    return select(Meeting).where(*ahead, Meeting.id.in_(waited), taken < Meeting.seats)


def reminding(starts_at: datetime) -> datetime:
    """From when on those with a seat at a meeting are reminded, within hours: the day before, in Morocco."""
    return datetime.combine(starts_at.astimezone(MOROCCO).date() - timedelta(days=1), time(), MOROCCO)


def until_tomorrow(now: datetime) -> datetime:
    """The end of tomorrow in Morocco: who has a seat at a meeting that begins before it is reminded."""
    return datetime.combine(now.astimezone(MOROCCO).date() + timedelta(days=2), time(), MOROCCO)


async def remind_due(session: AsyncSession, *, catalogs: Catalogs, keyring: Keyring, now: datetime) -> int:
    """Remind those who have a seat, the day before, once however many processes look; returns how many meetings.

    To be called within the hours at which residents are written to.
    """
    due = await session.scalars(
        select(Meeting)
        .where(
            Meeting.state.in_(AHEAD),
            Meeting.reminded_at.is_(None),
            Meeting.starts_at > now,
            Meeting.starts_at < until_tomorrow(now),
        )
        .with_for_update(skip_locked=True)
    )
    found = due.all()
    for meeting in found:
        meeting.reminded_at = now
        await _remind(session, meeting, catalogs=catalogs, keyring=keyring, now=now)
    await session.flush()
    return len(found)


def judging(meeting: Meeting, voice: Voice) -> Reply:
    """The minutes, and the question whether they are right."""
    said = voice("minutes.ask", place=place(meeting, voice), minutes=voice.pick(meeting.minutes or {}))
    choices = (
        Choice(f"meet:right:{meeting.id}", voice("word.yes")),
        Choice(f"meet:wrong:{meeting.id}", voice("word.no")),
    )
    return Reply(said, choices)


async def _remind(
    session: AsyncSession, meeting: Meeting, *, catalogs: Catalogs, keyring: Keyring, now: datetime
) -> None:
    seated = select(Registration.resident_id).where(Registration.meeting_id == meeting.id, Registration.state == SEAT)

    def reminder(voice: Voice) -> str:
        return voice("meeting.reminder", when=when(meeting, voice), place=place(meeting, voice))

    everyone = (await session.scalars(seated.order_by(Registration.id))).all()
    await _tell(session, meeting, everyone, reminder, catalogs=catalogs, keyring=keyring, now=now)


async def _tell(
    session: AsyncSession,
    meeting: Meeting,
    residents: Sequence[int],
    news: Callable[[Voice], str],
    *,
    catalogs: Catalogs,
    keyring: Keyring,
    now: datetime,
) -> None:
    if residents:
        await messages.renew(session, catalogs)
    for first in range(0, len(residents), _AT_ONCE):
        some = select(Resident).where(Resident.id.in_(residents[first : first + _AT_ONCE]))
        replies = {}
        for resident in await session.scalars(some.order_by(Resident.id)):
            voice = catalogs.voice(resident.language, latin=resident.latin)
            more = attachments(meeting, voice, now=now)
            replies[resident.id] = Reply(news(voice), (giving_up(meeting, voice),), attachments=more)
        await notifications.notify_each(session, replies, keyring=keyring, now=now, until=meeting.starts_at)
