"""Meetings: planning them, finding them, and what becomes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.consultations import service as consultations
from api.errors import AlreadyDone, Conflict, Invalid, NotFound
from api.meetings.models import Meeting, Registration
from api.meetings.schemas import MeetingIn, MinutesWords, When
from api.pagination import FIRST_PAGE, Asked, Found, Key, Order
from api.security import rights
from api.security.row_scope import scoped

PLANNED, MOVED, CANCELLED, HELD = "planned", "moved", "cancelled", "held"
AHEAD = (PLANNED, MOVED)  # it will take place
SEAT, WAITING = "seat", "waiting"
_ORDER = Order("meetings", Key(Meeting.starts_at, datetime, down=True), Key(Meeting.id))


@dataclass(frozen=True, slots=True)
class Counts:
    """How many hold a seat, how many wait for one, and how many of all of them came or were absent."""

    taken: int = 0
    waiting: int = 0
    came: int = 0
    absent: int = 0


async def create(session: AsyncSession, given: MeetingIn, *, who: str, now: datetime) -> Meeting:
    """Plan a meeting. Raises AlreadyDone where its code is taken, NotFound where its consultation does not exist."""
    if given.starts_at <= now:
        raise Invalid("the moment is past", field="starts_at")
    rights.within(given.province)
    made = await keep(session, given)
    await note(session, "planned", made.code, who=who, now=now)
    return made


async def keep(session: AsyncSession, given: MeetingIn, *, state: str = PLANNED) -> Meeting:
    """Keep a meeting in any state, past ones too. Raises AlreadyDone or NotFound."""
    other = await consultations.get(session, given.consultation) if given.consultation else None
    plain = given.model_dump(exclude={"consultation"})
    made = Meeting(**plain, consultation_id=other.id if other else None, state=state, agreed=0, disagreed=0)
    session.add(made)
    try:
        await session.flush()
    except IntegrityError:
        raise AlreadyDone(f"there is a meeting {given.code} already") from None
    return made


async def get(session: AsyncSession, code: str, *, locked: bool = False) -> Meeting:
    """The meeting of this code. Raises NotFound."""
    if "\x00" in code:  # PostgreSQL refuses even to look for it
        raise NotFound("there is no meeting of such a code")
    wanted = select(Meeting).where(Meeting.code == code)
    found: Meeting | None = await session.scalar(wanted.with_for_update() if locked else wanted)
    if found is None:
        raise NotFound(f"there is no meeting {code}")
    rights.within(found.province)
    return found


async def every(session: AsyncSession, asked: Asked = FIRST_PAGE) -> Found[Meeting]:
    """Meetings, the latest first."""
    return await _ORDER.read(session, scoped(select(Meeting), Meeting.province), asked)


async def counts(session: AsyncSession, meeting_id: int) -> Counts:
    """How many hold a seat, wait, came and were absent."""
    return (await counted(session, [meeting_id])).get(meeting_id, Counts())


async def counted(session: AsyncSession, meeting_ids: Sequence[int]) -> dict[int, Counts]:
    """The same of several meetings, in one statement; those nobody registered for are left out."""
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
) -> list[tuple[Meeting, str | None]]:
    """The next meetings, those of a province first, each with how this resident is registered."""
    mine = and_(Registration.meeting_id == Meeting.id, Registration.resident_id == resident_id)
    rows = await session.execute(
        select(Meeting, Registration.state)
        .outerjoin(Registration, mine)
        .where(Meeting.state.in_(AHEAD), Meeting.starts_at > now)
        .order_by(case((Meeting.province == (province or ""), 0), else_=1), Meeting.starts_at, Meeting.id)
        .limit(limit)
    )
    return [(meeting, state) for meeting, state in rows]


async def mark_cancelled(session: AsyncSession, code: str, *, who: str, now: datetime) -> Meeting:
    """It will not take place. Raises NotFound, or Conflict where it is over or cancelled already."""
    found = await _ahead(session, code, now)
    found.state = CANCELLED
    found.revision += 1
    await note(session, "cancelled", code, who=who, now=now)
    return found


async def mark_moved(session: AsyncSession, code: str, given: When, *, who: str, now: datetime) -> Meeting:
    """Another time, and perhaps another place; seats stay held. Raises NotFound, Conflict or Invalid."""
    found = await _ahead(session, code, now)
    if given.starts_at <= now:
        raise Invalid("the moment is past", field="starts_at")
    found.state, found.starts_at, found.ends_at, found.reminded_at = MOVED, given.starts_at, given.ends_at, None
    found.revision += 1
    if given.place is not None:
        found.place = given.place.model_dump()
        found.latitude = found.longitude = None  # of the old place
    await note(session, "moved", code, who=who, now=now)
    return found


async def record(session: AsyncSession, code: str, minutes: MinutesWords, *, who: str, now: datetime) -> Meeting:
    """It was held, and these are its minutes: those who came are asked whether they are right.

    Raises NotFound, or Conflict where it was cancelled or has not begun.
    """
    found = await get(session, code, locked=True)
    if found.state == CANCELLED or found.starts_at > now:
        raise Conflict(f"{code} is {found.state} and has not been held")
    if found.minutes is not None:
        raise AlreadyDone(f"{code} has its minutes")
    found.state, found.minutes = HELD, minutes.model_dump()
    await note(session, "minutes", code, who=who, now=now)
    return found


async def note(session: AsyncSession, act: str, code: str, *, who: str, now: datetime) -> None:
    """Write down what staff did with a meeting."""
    await audit.note(session, who=who, act=f"meeting {act}", subject=f"meeting {code}", now=now)


async def _ahead(session: AsyncSession, code: str, now: datetime) -> Meeting:
    found = await get(session, code, locked=True)
    if found.state not in AHEAD or found.starts_at <= now:
        raise Conflict(f"{code} is {found.state} or over: nothing can be changed")
    return found
