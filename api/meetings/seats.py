"""Seats: given in order of registration. Residents without one wait, and move up in order when a seat becomes free.

Every change locks the meeting's row, so that simultaneous registrations take turns on both databases.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Conflict
from api.meetings.models import Meeting, Registration
from api.meetings.service import AHEAD, SEAT, WAITING, counts, get, note
from api.residents import service as residents
from api.residents.models import Resident


async def lock(session: AsyncSession, number: int) -> Meeting | None:
    """Lock a meeting until the transaction ends and return its current row; None if no meeting has this number."""
    statement = select(Meeting).where(Meeting.id == number).with_for_update()
    meeting: Meeting | None = await session.scalar(statement.execution_options(populate_existing=True))
    return meeting


def accepts(meeting: Meeting, now: datetime) -> bool:
    """Return whether residents can still register for this meeting."""
    return meeting.state in AHEAD and meeting.starts_at > now


async def register(session: AsyncSession, meeting: Meeting, *, resident_id: int, now: datetime) -> Registration:
    """Register a resident for a locked meeting, with a seat or a place in the queue.

    Returns the existing registration if there is one. Raises Conflict if the meeting takes no more registrations.
    """
    if not accepts(meeting, now):
        raise Conflict(f"{meeting.code} is {meeting.state} or has begun: nobody can register any more")
    existing = await registration_of(session, meeting.id, resident_id)
    if existing is not None:
        return existing
    free = (await counts(session, meeting.id)).taken < meeting.seats
    state = SEAT if free and not await _somebody_waits(session, meeting.id) else WAITING
    registration = Registration(
        meeting_id=meeting.id, resident_id=resident_id, state=state, since=now, asked=False, judged=False
    )
    session.add(registration)
    await session.flush()
    return registration


async def withdraw(session: AsyncSession, meeting: Meeting, *, resident_id: int) -> bool:
    """Delete a resident's registration for a locked meeting; return whether there was one."""
    registration = await registration_of(session, meeting.id, resident_id)
    if registration is None:
        return False
    await session.delete(registration)
    await session.flush()
    return True


async def registration_of(session: AsyncSession, meeting_id: int, resident_id: int) -> Registration | None:
    """Return a resident's registration for a meeting; None if they have not registered."""
    registration: Registration | None = await session.scalar(
        select(Registration).where(Registration.meeting_id == meeting_id, Registration.resident_id == resident_id)
    )
    return registration


async def waiting_place(session: AsyncSession, registration: Registration) -> int:
    """Return a waiting resident's place in the queue; the first place is 1."""
    before = select(func.count()).where(
        Registration.meeting_id == registration.meeting_id,
        Registration.state == WAITING,
        Registration.id <= registration.id,
    )
    return await session.scalar(before) or 0


def waits_for_seat() -> ColumnElement[bool]:
    """Return the SQL condition that a registration waits for a seat and its resident is active.

    Residents who are not active are skipped, because the service may not tell them that they got a seat.
    """
    active = select(Resident.id).where(Resident.id == Registration.resident_id, Resident.state == residents.ACTIVE)
    return and_(Registration.state == WAITING, active.exists())


async def _somebody_waits(session: AsyncSession, meeting_id: int) -> bool:
    first = select(Registration.id).where(Registration.meeting_id == meeting_id, waits_for_seat()).limit(1)
    return await session.scalar(first) is not None


async def move_up(session: AsyncSession, meeting: Meeting) -> Sequence[int]:
    """Give the free seats of a locked meeting to residents who wait; return their ids.

    The longest wait comes first. Residents who are not active are skipped.
    """
    current = await counts(session, meeting.id)
    free = meeting.seats - current.taken
    if free <= 0 or not current.waiting:
        return []
    next_ones = (
        select(Registration.id)
        .where(Registration.meeting_id == meeting.id, waits_for_seat())
        .order_by(Registration.id)
        .limit(free)
    )
    seated = update(Registration).where(Registration.id.in_(next_ones)).values(state=SEAT)
    rows = await session.execute(
        seated.returning(Registration.id, Registration.resident_id).execution_options(synchronize_session="fetch")
    )
    return [resident for _, resident in sorted(rows)]


async def forget(session: AsyncSession, resident_id: int) -> None:
    """Delete all registrations of a resident who is erased. The background job gives their seats to others."""
    await session.execute(delete(Registration).where(Registration.resident_id == resident_id))


async def resize(session: AsyncSession, code: str, *, seats: int, who: str, now: datetime) -> Meeting:
    """Change the number of seats of a meeting. Nobody loses a seat. Raises NotFound."""
    meeting = await get(session, code, locked=True)
    meeting.seats = seats
    await note(session, "seats", meeting, who=who, now=now)
    return meeting
