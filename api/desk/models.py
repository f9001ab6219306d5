"""The tables of letters: what residents wrote to the staff, and what the staff answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Moment


class Letter(Base):
    """A thread with the desk of a province. `state` is open, answered or closed; a new line of its author opens it."""

    __tablename__ = "letters"
    __table_args__ = (Index(None, "resident_id"), Index(None, "state", "province"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))  # where its newest line came from
    province: Mapped[str] = mapped_column(String(8), default="")  # whose desk has it; '' is the Region's own
    language: Mapped[str] = mapped_column(String(3))
    state: Mapped[str] = mapped_column(String(10), default="open")
    written_at: Mapped[datetime] = mapped_column(Moment)
    waiting_since: Mapped[datetime | None] = mapped_column(Moment)  # the oldest line that was not answered
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    who: Mapped[str | None] = mapped_column(String(40))  # of the staff, who answered, assigned or closed it last


class LetterLine(Base):
    """One line of a thread, enciphered. `kind` is letter (its author's) or answer (the staff's, by `who`)."""

    __tablename__ = "letter_lines"
    __table_args__ = (Index(None, "letter_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"))
    kind: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(Moment)
    who: Mapped[str | None] = mapped_column(String(40))
