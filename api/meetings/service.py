"""Meetings: plan, find, move and cancel them, and record their minutes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.consultations import service as consultations
from api.errors import AlreadyDone, Conflict, Invalid, NotFound
from api.meetings.models import Meeting, Registration
from api.meetings.schemas import MeetingIn, MinutesWords, When
from api.meetings.states import MeetingState, RegistrationState
from api.pagination import FIRST_PAGE, Key, Order, PageRequest, PageRows
from api.security import rights
from api.security.row_scope import scoped

PLANNED, MOVED = MeetingState.PLANNED, MeetingState.MOVED
CANCELLED, HELD = MeetingState.CANCELLED, MeetingState.HELD
AHEAD = (PLANNED, MOVED)  # the meeting will take place
SEAT, WAITING = RegistrationState.SEAT, RegistrationState.WAITING
_ORDER = Order("meetings", Key(Meeting.starts_at, datetime, down=True), Key(Meeting.id))


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of registrations: with a seat, waiting, came, and absent."""

    taken: int = 0
    waiting: int = 0
    came: int = 0
    absent: int = 0


class UpcomingMeeting(NamedTuple):
    """A coming meeting and the state of a resident's registration; the state is None without a registration."""

    meeting: Meeting
    registration: RegistrationState | None


async def create(session: AsyncSession, data: MeetingIn, *, who: str, now: datetime) -> Meeting:
    """Plan a meeting.

    Raises Invalid if it begins in the past, AlreadyDone if its code is taken, or NotFound if its consultation does not
    exist.
    """
    if data.starts_at <= now:
        raise Invalid("this time is in the past", field="starts_at")
    rights.within(data.province)
    meeting = await save(session, data)
    await note(session, "planned", meeting, who=who, now=now)
    return meeting


async def save(session: AsyncSession, data: MeetingIn, *, state: MeetingState = PLANNED) -> Meeting:
    """Save a meeting in any state, even one in the past.

    Raises AlreadyDone if its code is taken, or NotFound if its consultation does not exist.
    """
    other = await consultations.get(session, data.consultation) if data.consultation else None
    values = data.model_dump(exclude={"consultation"})
    meeting = Meeting(**values, consultation_id=other.id if other else None, state=state, agreed=0, disagreed=0)
    session.add(meeting)
    try:
        await session.flush()
    except IntegrityError:
        raise AlreadyDone(f"a meeting with the code {data.code} already exists") from None
    return meeting


async def get(session: AsyncSession, code: str, *, locked: bool = False) -> Meeting:
    """Return the meeting with this code. Raises NotFound."""
    if "\x00" in code:  # PostgreSQL refuses even to search for it
        raise NotFound("there is no meeting with this code")
    statement = select(Meeting).where(Meeting.code == code)
    meeting: Meeting | None = await session.scalar(statement.with_for_update() if locked else statement)
    if meeting is None:
        raise NotFound(f"there is no meeting {code}")
    rights.within(meeting.province)
    return meeting


async def listed(session: AsyncSession, asked: PageRequest = FIRST_PAGE) -> PageRows[Meeting]:
    """List meetings by time, the latest first."""
    return await _ORDER.read(session, scoped(select(Meeting), Meeting.province), asked)


async def counts(session: AsyncSession, meeting_id: int) -> Counts:
    """Count a meeting's registrations: seats taken, waiting, came and absent."""
    return (await counted(session, [meeting_id])).get(meeting_id, Counts())


async def counted(session: AsyncSession, meeting_ids: Sequence[int]) -> dict[int, Counts]:
    """Count the registrations of several meetings in one statement. A meeting without registrations is left out."""
    rows = await session.execute(
        select(
            Registration.meeting_id,
            func.count().filter(Registration.state == SEAT),
            func.count().filter(Registration.state == WAITING),
            func.count().filter(Registration.came.is_(True)),
            func.count().filter(Registration.came.is_(False)),
        )
        .where(Registration.meeting_id.in_(meeting_ids))
        .group_by(Registration.meeting_id)
    )
    return {meeting: Counts(*numbers) for meeting, *numbers in rows}


async def upcoming(
    session: AsyncSession, *, resident_id: int, province: str | None, now: datetime, limit: int
) -> list[UpcomingMeeting]:
    """Return the next meetings and the state of a resident's registrations, first those in `province`."""
    own = and_(Registration.meeting_id == Meeting.id, Registration.resident_id == resident_id)
    rows = await session.execute(
        select(Meeting, Registration.state)
        .outerjoin(Registration, own)
        .where(Meeting.state.in_(AHEAD), Meeting.starts_at > now)
        .order_by(case((Meeting.province == (province or ""), 0), else_=1), Meeting.starts_at, Meeting.id)
        .limit(limit)
    )
    return [UpcomingMeeting(meeting, state) for meeting, state in rows]


async def mark_cancelled(session: AsyncSession, code: str, *, who: str, now: datetime) -> Meeting:
    """Mark a meeting as cancelled. Raises NotFound, or Conflict if it is over or already cancelled."""
    meeting = await _ahead(session, code, now)
    meeting.state = CANCELLED
    meeting.revision += 1
    await note(session, "cancelled", meeting, who=who, now=now)
    return meeting


async def mark_moved(session: AsyncSession, code: str, data: When, *, who: str, now: datetime) -> Meeting:
    """Set a meeting's new time, and its new place if given. Registrations stay.

    Raises NotFound, Conflict or Invalid.
    """
    meeting = await _ahead(session, code, now)
    if data.starts_at <= now:
        raise Invalid("this time is in the past", field="starts_at")
    meeting.state, meeting.starts_at, meeting.ends_at, meeting.reminded_at = MOVED, data.starts_at, data.ends_at, None
    meeting.revision += 1
    if data.place is not None:
        meeting.place = data.place.model_dump()
        meeting.latitude = meeting.longitude = None  # the coordinates of the old place
    await note(session, "moved", meeting, who=who, now=now)
    return meeting


async def record(session: AsyncSession, code: str, minutes: MinutesWords, *, who: str, now: datetime) -> Meeting:
    """Record that a meeting took place, with its minutes. Attendees are then asked whether the minutes are right.

    Raises NotFound, AlreadyDone if it has minutes, or Conflict if it was cancelled or has not begun.
    """
    meeting = await get(session, code, locked=True)
    if meeting.state == CANCELLED or meeting.starts_at > now:
        raise Conflict(
            f"{code} is {meeting.state} and has not taken place: minutes can be recorded only after a meeting begins"
        )
    if meeting.minutes is not None:
        raise AlreadyDone(f"{code} already has minutes")
    meeting.state, meeting.minutes = HELD, minutes.model_dump()
    await note(session, "minutes", meeting, who=who, now=now)
    return meeting


async def note(session: AsyncSession, act: str, meeting: Meeting, *, who: str, now: datetime) -> None:
    """Record a staff action on a meeting, and the values it changed."""
    changed = audit.altered(meeting, "state", "starts_at", "ends_at", "place", "seats", "attended", "minutes")
    await audit.note(session, who=who, act=f"meeting {act}", subject=f"meeting {meeting.code}", now=now, **changed)


async def _ahead(session: AsyncSession, code: str, now: datetime) -> Meeting:
    meeting = await get(session, code, locked=True)
    if meeting.state not in AHEAD or meeting.starts_at <= now:
        raise Conflict(f"{code} is {meeting.state} or has begun: it can no longer be changed")
    return meeting
