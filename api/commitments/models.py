"""Tables of the Council's Open Government plans and their commitments."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.consultations.models import Words
from api.db import Base, Id, Json


class Plan(Base):
    """An action plan of the Open Government Partnership."""

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    title: Mapped[Words] = mapped_column(Json)
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class Commitment(Base):
    """One commitment of a plan. A text is `confirmed` once the Council has agreed to its wording in that language."""

    __tablename__ = "commitments"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    number: Mapped[int]
    title: Mapped[Words] = mapped_column(Json)
    confirmed: Mapped[list[str]] = mapped_column(Json, default=list)
