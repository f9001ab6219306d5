"""Tables of letters to the staff, and of the lines that make up a letter's thread."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Moment
from api.desk.states import LetterState
from api.enum_column import enum_type


class Letter(Base):
    """A thread of messages between a resident and a province's staff. A new message from the resident reopens it."""

    __tablename__ = "letters"
    __table_args__ = (Index(None, "resident_id"), Index(None, "state", "province"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))  # the address that its newest line came from
    province: Mapped[str] = mapped_column(String(8), default="")  # the desk's province; '' is the Region's own desk
    language: Mapped[str] = mapped_column(String(3))
    state: Mapped[LetterState] = mapped_column(enum_type(LetterState, 10), default=LetterState.OPEN)
    written_at: Mapped[datetime] = mapped_column(Moment)
    waiting_since: Mapped[datetime | None] = mapped_column(Moment)  # since the oldest line without an answer
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    who: Mapped[str | None] = mapped_column(String(40))  # the member of staff who last answered, assigned or closed it


class LetterLine(Base):
    """One message in the thread of a letter, encrypted.

    `kind` is letter (by the author) or answer (by the member of staff `who`).
    """

    __tablename__ = "letter_lines"
    __table_args__ = (Index(None, "letter_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"))
    kind: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(Moment)
    who: Mapped[str | None] = mapped_column(String(40))
