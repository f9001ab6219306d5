"""Tables of consultations and ballots; no column here leads from a ballot to a resident."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Json, Moment

Words = dict[str, str]  # one text in three languages: {"ar": …, "fr": …, "zgh": …}


class Consultation(Base):
    """A few questions, open from … to …. `state` is draft, open or closed; `revision` rises with every change."""

    __tablename__ = "consultations"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    title: Mapped[Words] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(8), default="draft")
    revision: Mapped[int] = mapped_column(default=1)
    secret: Mapped[bytes | None]  # makes voter tokens; destroyed at closing
    created_at: Mapped[datetime] = mapped_column(Moment)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)


class Question(Base):
    """One question; `rules` holds what its kind needs (low, high, least, most, unit)."""

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("consultation_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[Words] = mapped_column(Json)
    rules: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Option(Base):
    """One option of a question."""

    __tablename__ = "options"
    __table_args__ = (UniqueConstraint("question_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    position: Mapped[int]
    label: Mapped[Words] = mapped_column(Json)


class Ballot(Base):
    """One person's answers to one consultation, nameless.

    `id` is random, not counted, and only the day is kept, so that neither betrays who voted when.
    """

    __tablename__ = "ballots"
    __table_args__ = (UniqueConstraint("consultation_id", "voter"), UniqueConstraint("consultation_id", "receipt"))

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    voter: Mapped[bytes]
    receipt: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(3))
    province: Mapped[str | None] = mapped_column(String(8))
    complete: Mapped[bool] = mapped_column(default=False)
    cast_on: Mapped[date]


class Answer(Base):
    """One value of a ballot: one row per option chosen, `rank` giving their order."""

    __tablename__ = "answers"
    __table_args__ = (Index(None, "question_id"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballots.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str]


class Participation(Base):
    """That a resident was asked, began or finished, never what they answered; `state` moves only forward."""

    __tablename__ = "participations"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))
