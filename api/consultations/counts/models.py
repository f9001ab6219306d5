"""Tables of counts: snapshots of open consultations, and groups of voters of closed ones."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Json, Moment

Counts = dict[str, list[int]]  # ballot value → number of ballots with it, sum of its ranks


class Reading(Base):
    """How many took part in an open consultation, in whole steps, and the full hour of the last snapshot."""

    __tablename__ = "readings"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True, autoincrement=False)
    read_at: Mapped[datetime] = mapped_column(Moment)
    ballots: Mapped[int]


class QuestionReading(Base):
    """The counts of one question from a full hour on; the newest row is shown.

    Older rows stay until closing: a new snapshot must differ from each of them by enough ballots.
    """

    __tablename__ = "question_readings"
    __table_args__ = (Index(None, "question_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    read_at: Mapped[datetime] = mapped_column(Moment)
    answered: Mapped[int]  # ballots that answer it, without the latest ones
    counts: Mapped[Counts] = mapped_column(Json)


class GroupCount(Base):
    """How many ballots a group had when a consultation closed; None if that is hidden.

    With a question and a value, how many of them chose this option; without, all of them. It is exactly what is shown:
    after closing, the ballots no longer say whom they are from.
    """

    __tablename__ = "group_counts"
    __table_args__ = (Index(None, "consultation_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    division: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(64))
    question_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"))
    value: Mapped[str] = mapped_column(String(64))
    count: Mapped[int | None]
