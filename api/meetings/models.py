"""Tables of meetings and of those who registered for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.consultations.models import Words
from api.db import Base, Id, Json, Moment
from api.runtime.wakeups import WAKES_SCHEDULE
from api.wall_time import WallTime


class Meeting(Base):
    """A meeting at a place. `state` is planned, moved (planned anew), cancelled or held.

    What those who came think of the minutes is only counted: nothing ties a person to their answer.
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
    languages: Mapped[list[str]] = mapped_column(Json, default=list)  # those spoken there
    theme: Mapped[str | None] = mapped_column(String(24))
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultations.id"))  # the other way to take part
    state: Mapped[str] = mapped_column(String(10), default="planned")
    revision: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # times it was moved or cancelled
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)
    attended: Mapped[int | None]  # how many people were in the room, registered or not
    minutes: Mapped[Words | None] = mapped_column(Json)
    agreed: Mapped[int] = mapped_column(default=0)  # how many said that the minutes are right
    disagreed: Mapped[int] = mapped_column(default=0)


class Registration(Base):
    """That a resident registered. `state` is seat or waiting; who came first has the lower `id`."""

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("meeting_id", "resident_id"),
        Index(None, "resident_id"),
        # Undoing a merge names rows by number: no other one may ever have it.
        {"sqlite_autoincrement": True, **WAKES_SCHEDULE},
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    state: Mapped[str] = mapped_column(String(8))
    since: Mapped[datetime] = mapped_column(Moment)
    came: Mapped[bool | None]  # none: nobody noted it
    asked: Mapped[bool] = mapped_column(default=False)  # the minutes were sent to them
    judged: Mapped[bool] = mapped_column(default=False)  # they said whether the minutes are right; not what they said
