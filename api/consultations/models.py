"""Database tables of consultations and ballots. No column leads from a ballot to a resident."""

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
    """The stage of a consultation. A consultation never returns to an earlier stage."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class ParticipationState(StrEnum):
    """The progress of a resident in a consultation. It only moves forward until closing."""

    ASKED = "asked"
    BEGUN = "begun"
    FINISHED = "finished"


class Consultation(Base):
    """A consultation: a few questions that residents can answer until it closes. `revision` rises with every change."""

    __tablename__ = "consultations"
    __table_args__ = WAKES_SCHEDULE

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    title: Mapped[Words] = mapped_column(Json)
    state: Mapped[str] = mapped_column(String(8), default=ConsultationState.DRAFT)
    revision: Mapped[int] = mapped_column(default=1)
    # Voter tokens derive from it. Encrypted (see `consultations/vault_keys/secrecy.py`), and destroyed at closing.
    secret: Mapped[bytes | None]
    key_name: Mapped[str | None] = mapped_column(String(32))  # name of its key in the vault, until the key is destroyed
    created_at: Mapped[datetime] = mapped_column(Moment)
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(WallTime)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    cleaned_at: Mapped[datetime | None] = mapped_column(Moment)  # last links to people erased, so it is published
    opens_at: Mapped[datetime | None] = mapped_column(WallTime)  # a draft opens at this time without staff
    numbers: Mapped[str] = mapped_column(String(8), default="any", server_default="any")  # see `voter_numbers.py`
    agents_share: Mapped[int | None]  # minimum number of ballots typed by agents, in whole steps; set at closing
    invited_only: Mapped[bool] = mapped_column(default=False)  # only offered to residents whom a campaign asked
    # The published list: "checked" has the choices beside each receipt, "counted" lists choices separately.
    receipts: Mapped[str] = mapped_column(String(8), default="checked", server_default="checked")
    # Minimum number of ballots for any count, and the step of all counts while it is open; set once, at opening.
    smallest_count: Mapped[int] = mapped_column(default=FEWEST, server_default=str(FEWEST))


class Question(Base):
    """One question. `rules` contains the limits that its kind of question needs (see `schemas.Rules`)."""

    __tablename__ = "questions"
    __table_args__ = (UniqueConstraint("consultation_id", "position"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[Words] = mapped_column(Json)
    rules: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)


class Option(Base):
    """One option of a question. In a vote on proposals, `reference` is the proposal's code and `detail` is its text."""

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

    `id` is random, and only the day is stored permanently, so that neither reveals who voted when. `changed_at` says
    until closing which of two ballots is newer. Closing clears it, together with the voter token (`voter`) and the
    facts about the person: see `consultations/ballots/anonymise.py`.
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
    agent: Mapped[bytes | None]  # the agent who typed it, encrypted: see `consultations/ballots/agent_typed.py`


class Answer(Base):
    """One value of an answer on a ballot. An answer with several options has one row for each, ordered by `rank`."""

    __tablename__ = "answers"
    __table_args__ = (Index(None, "question_id"),)

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballots.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str]


class PartialAnswer(Base):
    """The choices so far of an answer that needs more choices. It is as anonymous as a ballot, and is not counted.

    `chosen` has the values, separated by spaces. When the answer is complete or given up, the row is deleted. Closing
    deletes it too.
    """

    __tablename__ = "halves"

    voter: Mapped[bytes] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), primary_key=True)
    chosen: Mapped[str]


class Participation(Base):
    """The progress of a resident in a consultation, but never what they answered.

    `state` only moves forward until closing. Closing sets it to finished for everybody with a ballot, and to asked for
    everybody else.
    """

    __tablename__ = "participations"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(8))


class UsedAddress(Base):
    """A mark on an address that was used to vote and has left the resident who voted. Closing deletes the mark.

    The address's next owner may not cast another ballot: see `consultations/ballots/used_addresses.py`.
    """

    __tablename__ = "spent"
    __table_args__ = (Index(None, "address_id"),)

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True, autoincrement=False)
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), primary_key=True, autoincrement=False)


class Superseded(Base):
    """A receipt that no longer counts. `why` is "replaced", "taken back" or "no number".

    A ballot is replaced if the same person turns out to have another. It is taken back by staff if an agent typed it.
    It has no number if its voter had no phone number. If a merge of two residents replaced the ballot, it is stored
    here encrypted for a day, so that the merge can be undone. It is never stored past closing.
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
    """The SHA-256 hash of the list of receipts and choices that was published for a closed consultation.

    The list itself is not stored, but generated from the ballots.
    """

    __tablename__ = "publications"

    consultation_id: Mapped[int] = mapped_column(ForeignKey("consultations.id"), primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(64))
    ballots: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(Moment)
    checked_at: Mapped[datetime | None] = mapped_column(Moment)  # when the scheduler last verified the rows
    altered_at: Mapped[datetime | None] = mapped_column(Moment)  # when the rows were found not to match the digest
    announced_at: Mapped[datetime | None] = mapped_column(Moment)  # when the digest was posted publicly
