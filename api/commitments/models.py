"""Tables of Open Government plans: a plan has commitments, these have milestones and updates, and both are assessed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.commitments.states import Source
from api.consultations.models import Words
from api.db import Base, Id, Json, Moment
from api.enum_column import enum_type
from api.runtime.wakeups import WAKES_SCHEDULE


class Plan(Base):
    """An action plan of the Open Government Partnership: the Region's own, or a national one.

    `axes` are the parts of the plan. `announced` is the number of commitments in the whole plan, even if not all are
    stored.
    """

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    title: Mapped[Words] = mapped_column(Json)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    scope: Mapped[str] = mapped_column(String(8), default="regional")
    announced: Mapped[int | None]
    axes: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    sheet: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # OGP's other fields of a plan, as in `PlanSheet`


class Commitment(Base):
    """One commitment of a plan. `confirmed` lists the languages in which the Council has approved the title.

    `label` is the short name used in SMS. `provinces` are the provinces it concerns; empty means all of them.
    """

    __tablename__ = "commitments"
    __table_args__ = (UniqueConstraint("plan_id", "number"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"))
    number: Mapped[int]
    title: Mapped[Words] = mapped_column(Json)
    confirmed: Mapped[list[str]] = mapped_column(Json, default=list)
    label: Mapped[Words | None] = mapped_column(Json)
    theme: Mapped[str | None] = mapped_column(String(24))
    provinces: Mapped[list[str]] = mapped_column(Json, default=list)
    sheet: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # OGP's other fields: `CommitmentSheet`


class Milestone(Base):
    """One step of a commitment. Lateness is never stored: it follows from the due date and the newest assessment."""

    __tablename__ = "milestones"
    __table_args__ = (UniqueConstraint("commitment_id", "number"), WAKES_SCHEDULE)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"))
    number: Mapped[int]
    title: Mapped[Words] = mapped_column(Json)
    due_on: Mapped[date | None]
    told_at: Mapped[datetime | None] = mapped_column(Moment)  # when authors of its ideas were told that it is done
    told_late: Mapped[date | None]  # the due date for which an update already reported that it is late
    sheet: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)  # description, lead, supporting


class Assessment(Base):
    """One report by a source on a commitment or milestone: status, day, evidence. Rows are added, never changed.

    The sources are operational (the people who do the work), self_assessed (OGP's form) and monitoring (the local
    monitoring body). The newest row of each counts.
    """

    __tablename__ = "assessments"
    __table_args__ = (Index(None, "commitment_id"), WAKES_SCHEDULE)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestones.id"))
    source: Mapped[Source] = mapped_column(enum_type(Source, 16))
    status: Mapped[str] = mapped_column(String(16))
    on: Mapped[date] = mapped_column("day")
    evidence: Mapped[str]
    who: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Moment)


class Update(Base):
    """An update on a commitment, in three languages; `campaign_id` is the campaign that sends it to followers."""

    __tablename__ = "updates"
    __table_args__ = (Index(None, "commitment_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitments.id"))
    milestone_id: Mapped[int | None] = mapped_column(ForeignKey("milestones.id"))
    text: Mapped[Words] = mapped_column(Json)
    who: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Moment)
    campaign_id: Mapped[int | None] = mapped_column(Id)


class GroundCheck(Base):
    """A consultation that asks followers in one commune a yes/no question: whether a milestone is done."""

    __tablename__ = "ground_checks"
    __table_args__ = (Index(None, "milestone_id"),)

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True, autoincrement=False)
    milestone_id: Mapped[int] = mapped_column(ForeignKey("milestones.id"))
    commune: Mapped[str] = mapped_column(String(12))
