"""Tables of ideas and proposals, of the authors of ideas, and of the steps that staff took with them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.consultations.models import Words
from api.db import Base, Id, Json, Moment
from api.enum_column import enum_type
from api.proposals.states import IdeaState, ProposalState


class Proposal(Base):
    """A proposal made from ideas, to be voted on. Residents know it by its `id`; `transitions.py` explains `state`.

    Each idea refers to its proposal, and a proposal refers to the commitment it became part of.
    """

    __tablename__ = "proposals"
    __table_args__ = (Index(None, "state"), Index(None, "commitment_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    title: Mapped[Words] = mapped_column(Json)
    text: Mapped[Words] = mapped_column(Json)
    theme: Mapped[str] = mapped_column(String(24))
    province: Mapped[str | None] = mapped_column(String(8))  # None: the whole Region
    state: Mapped[ProposalState] = mapped_column(enum_type(ProposalState, 10), default=ProposalState.DRAFT)
    answer: Mapped[Words | None] = mapped_column(Json)  # the Council's official answer
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitments.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)


class Picture(Base):
    """The picture of a proposal, for channels that can show pictures; `kind` is its media type."""

    __tablename__ = "pictures"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))
    content: Mapped[bytes]


class Idea(Base):
    """An idea from a resident, who knows it by its `id`; `transitions.py` explains `state`.

    `text` is what the author wrote, for moderators only. `public` is the published text; it is None until publication.
    """

    __tablename__ = "ideas"
    __table_args__ = (
        Index(None, "state"),
        Index(None, "proposal_id"),
        Index(None, "merged_into"),
        Index(None, "theme", "id"),
        Index(None, "province", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)  # the normalised text, for finding similar ideas
    public: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(3))
    channel: Mapped[str] = mapped_column(String(16))
    theme: Mapped[str] = mapped_column(String(24))
    province: Mapped[str | None] = mapped_column(String(8))  # None: the whole Region
    flags: Mapped[list[str]] = mapped_column(Json, default=list)  # kinds of personal data: see `ideas/personal_data.py`
    state: Mapped[IdeaState] = mapped_column(enum_type(IdeaState, 10), default=IdeaState.RECEIVED)
    reason: Mapped[Words | None] = mapped_column(Json)  # why it was declined
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id"))
    received_at: Mapped[datetime] = mapped_column(Moment)


class IdeaAuthor(Base):
    """An author of an idea. `number` is the idea they originally wrote, which may have been merged into this one."""

    __tablename__ = "idea_authors"
    __table_args__ = (Index(None, "resident_id", "since"),)

    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Id)
    since: Mapped[datetime] = mapped_column(Moment)


class IdeaStep(Base):
    """One step taken with an idea. Rows are added, never changed."""

    __tablename__ = "idea_steps"
    __table_args__ = (Index(None, "idea_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    step: Mapped[str] = mapped_column(String(10))
    state: Mapped[IdeaState] = mapped_column(enum_type(IdeaState, 10))  # the state after the step
    who: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Moment)


class ProposalStep(Base):
    """One step taken with a proposal. Rows are added, never changed."""

    __tablename__ = "proposal_steps"
    __table_args__ = (Index(None, "proposal_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"))
    step: Mapped[str] = mapped_column(String(10))
    state: Mapped[ProposalState] = mapped_column(enum_type(ProposalState, 10))
    who: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Moment)
