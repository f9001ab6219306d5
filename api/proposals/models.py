"""Tables of ideas and proposals, of whom an idea is from, and of who did what with them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.consultations.models import Words
from api.db import Base, Id, Json, Moment


class Proposal(Base):
    """What staff publish out of ideas, to be voted on. Its `id` is the number residents read; `state` as in
    `transitions.py`.

    The ideas it came from point to it, it points to the commitment it entered: the chain is read both ways.
    """

    __tablename__ = "proposals"
    __table_args__ = (Index(None, "state"), Index(None, "commitment_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    title: Mapped[Words] = mapped_column(Json)
    text: Mapped[Words] = mapped_column(Json)
    theme: Mapped[str] = mapped_column(String(24))
    province: Mapped[str | None] = mapped_column(String(8))  # None: the whole Region
    state: Mapped[str] = mapped_column(String(10), default="draft")
    answer: Mapped[Words | None] = mapped_column(Json)  # the Council's official answer
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitments.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)


class Picture(Base):
    """The picture of a proposal, for channels that show pictures; `kind` is its media type."""

    __tablename__ = "pictures"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(10))
    content: Mapped[bytes]


class Idea(Base):
    """What a resident sent in. Its `id` is the number they got; `state` as in `transitions.py`.

    `text` is what they wrote, read by moderators only; `public` is what everybody may read, None until it is published.
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
    key: Mapped[str] = mapped_column(Text)  # the text normalised, which alike ones are found by
    public: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(3))
    channel: Mapped[str] = mapped_column(String(16))
    theme: Mapped[str] = mapped_column(String(24))
    province: Mapped[str | None] = mapped_column(String(8))  # None: the whole Region
    flags: Mapped[list[str]] = mapped_column(
        Json, default=list
    )  # personal data it seems to hold: see `proposals/ideas/personal_data.py`
    state: Mapped[str] = mapped_column(String(10), default="received")
    reason: Mapped[Words | None] = mapped_column(Json)  # why it was declined
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("ideas.id"))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposals.id"))
    received_at: Mapped[datetime] = mapped_column(Moment)


class IdeaAuthor(Base):
    """That an idea is also this resident's; `number` is that of the idea they wrote, by which they know it."""

    __tablename__ = "idea_authors"
    __table_args__ = (Index(None, "resident_id", "since"),)

    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Id)
    since: Mapped[datetime] = mapped_column(Moment)


class IdeaStep(Base):
    """What was done with an idea, by whom, when. Rows are only added."""

    __tablename__ = "idea_steps"
    __table_args__ = (Index(None, "idea_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("ideas.id"))
    step: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))  # the one it led to
    who: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Moment)


class ProposalStep(Base):
    """What was done with a proposal, by whom, when. Rows are only added."""

    __tablename__ = "proposal_steps"
    __table_args__ = (Index(None, "proposal_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"))
    step: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    who: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Moment)
