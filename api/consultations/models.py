"""Tables of consultations and ballots; no column here leads from a ballot to a resident."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Json, Moment
from api.runtime.wakeups import WAKES_SCHEDULE
from api.suppression import FEWEST
from api.wall_time import WallTime

Words = dict[str, str]  # one text in three languages: {"ar": …, "fr": …, "zgh": …}


class Consultation(Base):
    """A few questions, open from … to …. `state` is draft, open or closed; `revision` rises with every change."""

    __tablename__ = "consultations"
    __table_args__ = WAKES_SCHEDULE

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    title: Mapped[Words] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(8), default="draft")
    revision: Mapped[int] = mapped_column(default=1)
    secret: Mapped[
        bytes | None
    ]  # makes voter tokens; sealed (see `consultations/vault_keys/secrecy.py`), and destroyed at closing
    key_name: Mapped[str | None] = mapped_column(String(32))  # of its key in the vault, until that is destroyed
    created_at: Mapped[datetime] = mapped_column(Moment)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(WallTime)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    cleaned_at: Mapped[datetime | None] = mapped_column(Moment)  # closed, and nothing ties a ballot: it is published
    opens_at: Mapped[datetime | None] = mapped_column(WallTime)  # a draft opens by itself then
    numbers: Mapped[str] = mapped_column(String(8), default="any", server_default="any")  # see `voter_numbers.py`
    agents_share: Mapped[int | None]  # ballots typed by agents, at least: in coarse steps, kept at closing
    invited_only: Mapped[bool] = mapped_column(default=False)  # on offer to those only whom a campaign asked
    # What is published of it: "checked", each receipt with its choices, or "counted", receipts and choices apart.
    receipts: Mapped[str] = mapped_column(String(8), default="checked", server_default="checked")
    # Ballots below which nothing is counted, and the step of all counts while it is open; set once, at opening.
    smallest_count: Mapped[int] = mapped_column(default=FEWEST, server_default=str(FEWEST))


class Question(Base):
    """One question; `rules` holds what its kind needs (see `schemas.Rules`)."""

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("consultation_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[Words] = mapped_column(Json)
    rules: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Option(Base):
    """One option of a question; in a vote on proposals, `reference` names the proposal and `detail` tells it."""

    __tablename__ = "options"
    __table_args__ = (UniqueConstraint("question_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    position: Mapped[int]
    label: Mapped[Words] = mapped_column(Json)
    detail: Mapped[Words | None] = mapped_column(Json)
    reference: Mapped[str | None] = mapped_column(String(40))


class Ballot(Base):
    """One person's answers to one consultation, nameless.

    `id` is random, not counted, and only the day is kept, so that neither betrays who voted when. While it can still
    be changed, `changed_at` says which of two is the later; closing takes it away, as it does what `voter` held, and
    what is coarsely known of the person: see `consultations/counts/breakdown.py`.
    """

    __tablename__ = "ballots"
    __table_args__ = (
        UniqueConstraint("consultation_id", "voter"),
        UniqueConstraint("consultation_id", "receipt"),
        Index(None, "receipt"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    voter: Mapped[bytes]
    receipt: Mapped[str] = mapped_column(String(8))
    channel: Mapped[str | None] = mapped_column(String(16))
    language: Mapped[str | None] = mapped_column(String(3))
    province: Mapped[str | None] = mapped_column(String(8))
    complete: Mapped[bool] = mapped_column(default=False)
    cast_on: Mapped[date]  # once closed, the day of closing
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    assisted: Mapped[bool | None] = mapped_column(default=False, server_default=false())  # an agent typed for them
    numbered: Mapped[bool | None] = mapped_column(default=True, server_default=true())  # its voter has a phone number
    agent: Mapped[bytes | None]  # who typed, sealed until closing: see `consultations/ballots/agent_typed.py`


class Answer(Base):
    """One value of a ballot: one row per option chosen, `rank` giving their order."""

    __tablename__ = "answers"
    __table_args__ = (Index(None, "question_id"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballots.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str]


class Half(Base):
    """The choices gathered so far of an answer that needs more: as nameless as a ballot, counted nowhere.

    A row goes when the answer is whole or given up, and with the closing; `chosen` has its values with blanks between.
    """

    __tablename__ = "halves"

    voter: Mapped[bytes] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    chosen: Mapped[str]


class Participation(Base):
    """That a resident was asked, began or finished, never what they answered; `state` moves only forward.

    Once a consultation is closed, whoever has a ballot in it has finished it, and nobody else: see `rewriting.level`.
    """

    __tablename__ = "participations"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))


class Spent(Base):
    """That a vote was cast from an address before it left the resident who cast it; forgotten at closing.

    Whoever holds the address now has no part in that ballot, and may cast no other: see
    `consultations/ballots/used_addresses.py`.
    """

    __tablename__ = "spent"
    __table_args__ = (Index(None, "address_id"),)

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True, autoincrement=False)
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), primary_key=True, autoincrement=False)


class Superseded(Base):
    """A receipt whose ballot counts no more; `why` says so: "replaced" by the same person's later one,
    "taken back" from an agent, "no number".

    For a day, and never beyond closing, the ballot itself rests here enciphered, should the two be parted again.
    """

    __tablename__ = "superseded"
    __table_args__ = (
        Index(
            "ix_superseded_kept",
            "kept_until",
            postgresql_where=text("kept_until IS NOT NULL"),
            sqlite_where=text("kept_until IS NOT NULL"),
        ),
    )

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True)
    receipt: Mapped[str] = mapped_column(String(8), primary_key=True)
    why: Mapped[str] = mapped_column(String(12), default="replaced", server_default="replaced")
    voter: Mapped[bytes | None]
    sealed: Mapped[bytes | None]
    kept_until: Mapped[datetime | None] = mapped_column(Moment)


class Publication(Base):
    """The SHA-256 of a closed consultation's list of receipts and choices; the list itself is read from its ballots."""

    __tablename__ = "publications"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))
    ballots: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(Moment)
    checked_at: Mapped[datetime | None] = mapped_column(Moment)  # when the rows were hashed again by the clock
    altered_at: Mapped[datetime | None] = mapped_column(Moment)  # since when it is known that they fit no longer
    announced_at: Mapped[datetime | None] = mapped_column(Moment)  # when the hash was posted where everybody reads
