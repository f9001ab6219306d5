"""Database tables of counts: snapshots of open consultations, and groups of voters of closed ones."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Json, Moment

Counts = dict[str, list[int]]  # ballot value → number of ballots with it, sum of its ranks


class Reading(Base):
    """The number of people who took part in an open consultation, as counted at a full hour.

    It is rounded down to whole steps, so that no change of it reveals one vote.
    """

    __tablename__ = "readings"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True, autoincrement=False)
    read_at: Mapped[datetime] = mapped_column(Moment)
    ballots: Mapped[int]


class QuestionReading(Base):
    """A snapshot of the counts of one question at a full hour. Only the newest row is shown.

    Older rows stay until closing, because a new snapshot must differ from each of them by enough ballots.
    """

    __tablename__ = "question_readings"
    __table_args__ = (Index(None, "question_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    read_at: Mapped[datetime] = mapped_column(Moment)
    answered: Mapped[int]  # ballots that answer the question, without the latest ones, which are held back
    counts: Mapped[Counts] = mapped_column(Json)


class GroupCount(Base):
    """The number of ballots of a group when a consultation closed; None if this number is hidden.

    If the row has a question and a value, only ballots with this value are counted. Otherwise all ballots of the group
    are counted. The number is exactly what is shown: after closing, ballots no longer have any facts about their
    voters.
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
