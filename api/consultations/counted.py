"""Tables of what was counted: readings of open consultations, which stand still between their moments."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
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
