"""Tables of consultations and ballots; no column leads from a ballot to a resident."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Json, Moment
from api.runtime.wakeups import WAKES_SCHEDULE
from api.suppression import FEWEST
from api.wall_time import WallTime

Words = dict[str, str]  # one text in three languages: {"ar": …, "fr": …, "zgh": …}


class ConsultationState(StrEnum):
    """Where a consultation is in its lifecycle; it only moves forward."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class ParticipationState(StrEnum):
    """How far a resident came in a consultation; it only moves forward until closing."""

    ASKED = "asked"
    BEGUN = "begun"
    FINISHED = "finished"


class Consultation(Base):
    """A few questions that residents can answer between two times; `revision` rises with every change."""

    __tablename__ = "consultations"
    __table_args__ = WAKES_SCHEDULE

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    title: Mapped[Words] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(8), default=ConsultationState.DRAFT)
    revision: Mapped[int] = mapped_column(default=1)
    # Derives the voter tokens; sealed (see `consultations/vault_keys/secrecy.py`), and destroyed at closing.
    secret: Mapped[bytes | None]
    key_name: Mapped[str | None] = mapped_column(String(32))  # names its key in the vault, until that is destroyed
    created_at: Mapped[datetime] = mapped_column(Moment)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(WallTime)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    cleaned_at: Mapped[datetime | None] = mapped_column(Moment)  # nothing ties a ballot to a person any more: published
    opens_at: Mapped[datetime | None] = mapped_column(WallTime)  # a draft opens at this time without staff
    numbers: Mapped[str] = mapped_column(String(8), default="any", server_default="any")  # see `voter_numbers.py`
    agents_share: Mapped[int | None]  # minimum of ballots typed by agents, in coarse steps; set at closing
    invited_only: Mapped[bool] = mapped_column(default=False)  # only offered to residents whom a campaign asked
    # The published list: "checked" has the choices beside each receipt, "counted" lists receipts and choices apart.
    receipts: Mapped[str] = mapped_column(String(8), default="checked", server_default="checked")
    # Minimum number of ballots for any count, and the step of all counts while it is open; set once, at opening.
    smallest_count: Mapped[int] = mapped_column(default=FEWEST, server_default=str(FEWEST))


class Question(Base):
    """One question; `rules` contains what its kind needs (see `schemas.Rules`)."""

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("consultation_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[Words] = mapped_column(Json)
    rules: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Option(Base):
    """One option of a question; in a vote on proposals, `reference` is the proposal's code and `detail` its text."""

    __tablename__ = "options"
    __table_args__ = (UniqueConstraint("question_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"))
    position: Mapped[int]
    label: Mapped[Words] = mapped_column(Json)
    detail: Mapped[Words | None] = mapped_column(Json)
    reference: Mapped[str | None] = mapped_column(String(40))


class Ballot(Base):
    """One person's anonymous answers to one consultation.

    `id` is random, not a sequence, and only the day is stored, so that neither reveals who voted when. While a ballot
    can change, `changed_at` says which of two is newer. Closing clears it, along with `voter` and the facts about the
    person: see `consultations/counts/breakdown.py`.
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
    cast_on: Mapped[date]  # after closing, the day of closing
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    assisted: Mapped[bool | None] = mapped_column(
        default=False, server_default=false()
    )  # an agent typed it for the voter
    numbered: Mapped[bool | None] = mapped_column(default=True, server_default=true())  # the voter has a phone number
    agent: Mapped[bytes | None]  # who typed it, sealed until closing: see `consultations/ballots/agent_typed.py`


class Answer(Base):
    """One value on a ballot: one row per chosen option, ordered by `rank`."""

    __tablename__ = "answers"
    __table_args__ = (Index(None, "question_id"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballots.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str]


class PartialAnswer(Base):
    """The choices so far of an answer that needs more: as anonymous as a ballot, and not counted.

    The row is deleted once the answer is complete or given up, and at closing. `chosen` has the values, separated by
    spaces.
    """

    __tablename__ = "halves"

    voter: Mapped[bytes] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    chosen: Mapped[str]


class Participation(Base):
    """That a resident was asked, began or finished, never what they answered; `state` only moves forward.

    After closing, exactly those with a ballot have finished: see `anonymise.level_participation`.
    """

    __tablename__ = "participations"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))


class UsedAddress(Base):
    """That a vote was cast from an address before the address left that resident; deleted at closing.

    Whoever owns the address now has no part in that ballot and may not cast another: see
    `consultations/ballots/used_addresses.py`.
    """

    __tablename__ = "spent"
    __table_args__ = (Index(None, "address_id"),)

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True, autoincrement=False)
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), primary_key=True, autoincrement=False)


class Superseded(Base):
    """A receipt whose ballot no longer counts. `why`: "replaced" by the same person's later ballot, "taken back" from
    an agent, or "no number".

    For a day, and never past closing, the ballot is kept here encrypted, in case the merge of two residents is undone.
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
    """The SHA-256 of a closed consultation's list of receipts and choices; the list itself is generated from the
    ballots.
    """

    __tablename__ = "publications"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))
    ballots: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(Moment)
    checked_at: Mapped[datetime | None] = mapped_column(Moment)  # when the scheduler last hashed the rows again
    altered_at: Mapped[datetime | None] = mapped_column(Moment)  # since when they are known not to match the digest
    announced_at: Mapped[datetime | None] = mapped_column(Moment)  # when the digest was posted publicly
