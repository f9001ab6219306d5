"""Attendance: how many people came to a meeting, and which of the registered residents came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Conflict, Invalid
from api.meetings import service
from api.meetings.attendance_schemas import AttendanceIn, Seated
from api.meetings.models import Meeting, Registration
from api.meetings.service import CANCELLED, SEAT, get
from api.pagination import FIRST_PAGE, Key, Order, PageRequest, PageRows
from api.residents.models import Address
from api.residents.service import masked_address
from api.residents.states import AddressState
from api.security.crypto import Keyring

_ORDER = Order("seats", Key(Registration.id))


def was_there() -> ColumnElement[bool]:
    """Return the SQL condition that a registration belongs to somebody who attended.

    Unless staff recorded otherwise, residents with a seat count as present.
    """
    return or_(Registration.came.is_(True), and_(Registration.state == SEAT, Registration.came.is_(None)))


async def note(session: AsyncSession, code: str, data: AttendanceIn, *, who: str, now: datetime) -> Meeting:
    """Record attendance. Fields and residents left out stay as recorded before, so a list can be entered in parts.

    Raises NotFound, Conflict if the meeting was cancelled or has not begun, or Invalid if somebody in the list did not
    register.
    """
    meeting = await get(session, code, locked=True)
    if meeting.state == CANCELLED or meeting.starts_at > now:
        raise Conflict(
            f"{code} is {meeting.state} and has not taken place: attendance can be recorded only after a meeting begins"
        )
    if data.people is not None:
        meeting.attended = data.people
    marked = [
        *await _mark(session, meeting, data.came, came=True),
        *await _mark(session, meeting, data.absent, came=False),
    ]
    if unknown := sorted({*data.came, *data.absent} - set(marked)):
        field = "came" if unknown[0] in data.came else "absent"
        numbers = ", ".join(map(str, unknown))
        raise Invalid(f"resident {numbers} did not register for {code}: see the list of registrations", field=field)
    await service.note(session, "attendance", meeting, who=who, now=now)
    return meeting


async def seats(
    session: AsyncSession, code: str, *, keyring: Keyring, asked: PageRequest = FIRST_PAGE
) -> PageRows[Seated]:
    """List a meeting's registrations in order, with masked phone numbers that help to recognise people.

    Raises NotFound.
    """
    meeting = await get(session, code)
    newest = select(func.max(Address.id)).where(
        Address.resident_id == Registration.resident_id,
        Address.channel == "sms",
        Address.state == AddressState.ACTIVE,
    )
    statement = (
        select(Registration, Address.sealed)
        .outerjoin(Address, Address.id == newest.correlate(Registration).scalar_subquery())
        .where(Registration.meeting_id == meeting.id)
    )
    return (await _ORDER.rows(session, statement, asked)).map(lambda row: _seated(row[0], row[1], keyring))


async def _mark(session: AsyncSession, meeting: Meeting, residents: Sequence[int], *, came: bool) -> Sequence[int]:
    """Record whether these residents came; return the ids of those who are registered."""
    if not residents:
        return []
    statement = (
        update(Registration)
        .where(Registration.meeting_id == meeting.id, Registration.resident_id.in_(residents))
        .values(came=came)
        .returning(Registration.resident_id)
        .execution_options(synchronize_session=False)
    )
    return (await session.scalars(statement)).all()


def _seated(row: Registration, sealed: bytes | None, keyring: Keyring) -> Seated:
    return Seated(
        resident=row.resident_id,
        phone=masked_address(keyring, sealed),
        state=row.state,
        since=row.since,
        came=row.came,
    )
