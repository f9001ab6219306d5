"""Who came to a meeting: how many people were in the room, and of each who registered whether they were among them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator
from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Conflict, Invalid
from api.meetings import service
from api.meetings.models import Meeting, Registration
from api.meetings.service import CANCELLED, SEAT, get
from api.pagination import FIRST_PAGE, Key, Order, PageRequest, PageRows
from api.residents import service as residents
from api.residents.models import Address
from api.routing import phones
from api.security.crypto import Keyring
from api.strict_model import StrictModel

_ORDER = Order("seats", Key(Registration.id))
Number = Annotated[int, Field(ge=1, lt=2**63)]


class AttendanceIn(StrictModel):
    """Who came; residents are named by number, as the list of seats has them."""

    people: int | None = Field(None, ge=0, le=100_000, description="in the room, registered or not")
    came: list[Number] = Field([], max_length=1000)
    absent: list[Number] = Field([], max_length=1000)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.people is None and not self.came and not self.absent:
            raise ValueError("say how many came, or who did and who did not")
        if both := sorted(set(self.came) & set(self.absent)):
            raise ValueError(f"resident {', '.join(map(str, both))} cannot have come and be absent")
        return self


class Seated(BaseModel):
    """One who registered."""

    resident: int
    phone: str = Field(description="masked; '' where they have none")
    state: str = Field(description="seat or waiting")
    since: datetime
    came: bool | None = Field(description="none where it was not noted")


def was_there() -> ColumnElement[bool]:
    """Of a registration: its holder came, as far as is known. Who had a seat is taken to have, until it was noted."""
    return or_(Registration.came.is_(True), and_(Registration.state == SEAT, Registration.came.is_(None)))


async def note(session: AsyncSession, code: str, given: AttendanceIn, *, who: str, now: datetime) -> Meeting:
    """Keep who came; what is left out stays as it was noted before, so that a list can be worked through in parts.

    Raises NotFound, Conflict where it was cancelled or has not begun, or Invalid, naming those who did not register.
    """
    found = await get(session, code, locked=True)
    if found.state == CANCELLED or found.starts_at > now:
        raise Conflict(f"{code} is {found.state} and has not been held")
    if given.people is not None:
        found.attended = given.people
    marked = [
        *await _mark(session, found, given.came, came=True),
        *await _mark(session, found, given.absent, came=False),
    ]
    if unknown := sorted({*given.came, *given.absent} - set(marked)):
        field = "came" if unknown[0] in given.came else "absent"
        who_else = f"resident {', '.join(map(str, unknown))} did not register for {code}"
        raise Invalid(f"{who_else}: look at its list of seats", field=field)
    await service.note(session, "attendance", code, who=who, now=now)
    return found


async def seats(
    session: AsyncSession, code: str, *, keyring: Keyring, asked: PageRequest = FIRST_PAGE
) -> PageRows[Seated]:
    """Those registered, in their order, with the masked number staff may recognise them by. Raises NotFound."""
    found = await get(session, code)
    newest = select(func.max(Address.id)).where(
        Address.resident_id == Registration.resident_id, Address.channel == "sms", Address.state == "active"
    )
    wanted = (
        select(Registration, Address.sealed)
        .outerjoin(Address, Address.id == newest.correlate(Registration).scalar_subquery())
        .where(Registration.meeting_id == found.id)
    )
    return (await _ORDER.rows(session, wanted, asked)).map(lambda row: _seated(row[0], row[1], keyring))


async def _mark(session: AsyncSession, meeting: Meeting, who: Sequence[int], *, came: bool) -> Sequence[int]:
    """Note it of these residents, in one statement; returns those who are registered."""
    if not who:
        return []
    noted = (
        update(Registration)
        .where(Registration.meeting_id == meeting.id, Registration.resident_id.in_(who))
        .values(came=came)
        .returning(Registration.resident_id)
        .execution_options(synchronize_session=False)
    )
    return (await session.scalars(noted)).all()


def _seated(found: Registration, sealed: bytes | None, keyring: Keyring) -> Seated:
    return Seated(
        resident=found.resident_id,
        phone=_masked(sealed, keyring),
        state=found.state,
        since=found.since,
        came=found.came,
    )


def _masked(sealed: bytes | None, keyring: Keyring) -> str:
    try:
        return phones.masked(residents.open_address(keyring, sealed or b""))
    except Invalid:  # they have none, or its key is gone
        return ""
