"""Seats: first come, first seated; the others wait, and move up in their order when a seat is free.

The meeting's row is locked for every change, so that two who register at once take turns, on both databases.
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
    """A meeting by its number, locked until the transaction ends; as it stands now, whatever was read before."""
    wanted = select(Meeting).where(Meeting.id == number).with_for_update()
    found: Meeting | None = await session.scalar(wanted.execution_options(populate_existing=True))
    return found


def takes(meeting: Meeting, now: datetime) -> bool:
    """Whether one can still register."""
    return meeting.state in AHEAD and meeting.starts_at > now


async def register(session: AsyncSession, meeting: Meeting, *, resident_id: int, now: datetime) -> Registration:
    """Give a locked meeting's seat to a resident, or the next place on its waiting list; again, the one they have.

    Raises Conflict where it takes nobody any more.
    """
    if not takes(meeting, now):
        raise Conflict(f"{meeting.code} is {meeting.state} or over: nobody can register")
    mine = await of(session, meeting.id, resident_id)
    if mine is not None:
        return mine
    free = (await counts(session, meeting.id)).taken < meeting.seats
    state = SEAT if free and not await _somebody_moves_up(session, meeting.id) else WAITING
    made = Registration(
        meeting_id=meeting.id, resident_id=resident_id, state=state, since=now, asked=False, judged=False
    )
    session.add(made)
    await session.flush()
    return made


async def withdraw(session: AsyncSession, meeting: Meeting, *, resident_id: int) -> bool:
    """Take a resident off a locked meeting; nothing is kept of it. Says whether they were registered."""
    mine = await of(session, meeting.id, resident_id)
    if mine is None:
        return False
    await session.delete(mine)
    await session.flush()
    return True


async def of(session: AsyncSession, meeting_id: int, resident_id: int) -> Registration | None:
    """A resident's registration for a meeting."""
    found: Registration | None = await session.scalar(
        select(Registration).where(Registration.meeting_id == meeting_id, Registration.resident_id == resident_id)
    )
    return found


async def ahead_of(session: AsyncSession, mine: Registration) -> int:
    """A waiting resident's place on the list, 1 being the next."""
    before = select(func.count()).where(
        Registration.meeting_id == mine.meeting_id, Registration.state == WAITING, Registration.id <= mine.id
    )
    return await session.scalar(before) or 0


def moves_up() -> ColumnElement[bool]:
    """Of a registration: its holder waits for a seat. Who stopped is passed over: they would not know of theirs."""
    stays = select(Resident.id).where(Resident.id == Registration.resident_id, Resident.state == residents.ACTIVE)
    return and_(Registration.state == WAITING, stays.exists())


async def _somebody_moves_up(session: AsyncSession, meeting_id: int) -> bool:
    first = select(Registration.id).where(Registration.meeting_id == meeting_id, moves_up()).limit(1)
    return await session.scalar(first) is not None


async def move_up(session: AsyncSession, meeting: Meeting) -> Sequence[int]:
    """Seat those who waited longest and can be told, as far as a locked meeting has seats; returns the residents."""
    found = await counts(session, meeting.id)
    free = meeting.seats - found.taken
    if free <= 0 or not found.waiting:
        return []
    next_ones = (
        select(Registration.id)
        .where(Registration.meeting_id == meeting.id, moves_up())
        .order_by(Registration.id)
        .limit(free)
    )
    moved = update(Registration).where(Registration.id.in_(next_ones)).values(state=SEAT)
    done = await session.execute(
        moved.returning(Registration.id, Registration.resident_id).execution_options(synchronize_session="fetch")
    )
    return [resident for _, resident in sorted(done)]


async def forget(session: AsyncSession, resident_id: int) -> None:
    """Take a person who is erased off every meeting; the clock gives their seats on."""
    await session.execute(delete(Registration).where(Registration.resident_id == resident_id))


async def resize(session: AsyncSession, code: str, *, seats: int, who: str, now: datetime) -> Meeting:
    """Another number of seats; nobody who has one loses it. Raises NotFound."""
    found = await get(session, code, locked=True)
    found.seats = seats
    await note(session, "seats", code, who=who, now=now)
    return found
