"""Tables of meetings and of residents' registrations for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.consultations.models import Words
from api.db import Base, Id, Json, Moment
from api.enum_column import enum_type
from api.meetings.states import MeetingState, RegistrationState
from api.runtime.wakeups import WAKES_SCHEDULE
from api.wall_time import WallTime


class Meeting(Base):
    """A meeting at a place. Its `state` is planned, moved (to a new time), cancelled or held.

    Opinions on the minutes are only counted: nothing links a person to their opinion.
    """

    __tablename__ = "meetings"
    __table_args__ = (Index(None, "starts_at"), WAKES_SCHEDULE)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    title: Mapped[Words] = mapped_column(Json)
    place: Mapped[Words] = mapped_column(Json)
    starts_at: Mapped[datetime] = mapped_column(WallTime)
    ends_at: Mapped[datetime] = mapped_column(WallTime)
    seats: Mapped[int]
    province: Mapped[str] = mapped_column(String(8))
    languages: Mapped[list[str]] = mapped_column(Json, default=list)  # languages spoken at the meeting
    theme: Mapped[str | None] = mapped_column(String(24))
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultations.id"))  # another way to take part
    state: Mapped[MeetingState] = mapped_column(enum_type(MeetingState, 10), default=MeetingState.PLANNED)
    revision: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # how often it was moved or cancelled
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)
    attended: Mapped[int | None]  # people in the room, registered or not
    minutes: Mapped[Words | None] = mapped_column(Json)
    agreed: Mapped[int] = mapped_column(default=0)  # how many say that the minutes are right
    disagreed: Mapped[int] = mapped_column(default=0)


class Registration(Base):
    """A resident's registration for a meeting. Registrations are in order of `id`: the lowest came first."""

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("meeting_id", "resident_id"),
        Index(None, "resident_id"),
        # Undoing a merge restores rows by id, so no id may be used again.
        {"sqlite_autoincrement": True, **WAKES_SCHEDULE},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    state: Mapped[RegistrationState] = mapped_column(enum_type(RegistrationState, 8))
    since: Mapped[datetime] = mapped_column(Moment)
    came: Mapped[bool | None]  # None if not recorded
    asked: Mapped[bool] = mapped_column(default=False)  # the minutes were sent to them
    judged: Mapped[bool] = mapped_column(default=False)  # they gave their opinion of the minutes, which is not stored
