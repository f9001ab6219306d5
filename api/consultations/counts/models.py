"""Tables of what was counted: readings of open consultations, and of closed ones the groups of those who answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Json, Moment

Counts = dict[str, list[int]]  # value of a ballot → how many ballots hold it, and the sum of the ranks they gave it


class Reading(Base):
    """How many took part in an open consultation, in whole steps, and the full hour at which it was read last."""

    __tablename__ = "readings"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True, autoincrement=False)
    read_at: Mapped[datetime] = mapped_column(Moment)
    ballots: Mapped[int]


class QuestionReading(Base):
    """The counts of one question as they were shown from a full hour on; the newest is what is shown.

    The older ones stay until closing: a new one must differ from each of them by enough ballots.
    """

    __tablename__ = "question_readings"
    __table_args__ = (Index(None, "question_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    read_at: Mapped[datetime] = mapped_column(Moment)
    answered: Mapped[int]  # ballots that answer it, the latest left out
    counts: Mapped[Counts] = mapped_column(Json)


class GroupCount(Base):
    """How many ballots of a group there were when a consultation closed; none where it is hidden.

    With a question and a value, how many of them say something of this option; with neither, all of them. It is what is
    shown, no more: from then on the ballots themselves say nothing of whom they are.
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
