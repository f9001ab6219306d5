"""The tables of the record: acts, the end of their hash chain, and checkpoints. Triggers refuse to change acts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Select, String, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Moment

ONLY = 1  # the id of the only row of the head
_VALUE = JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


class Act(Base):
    """One staff act, numbered without gaps.

    `subject` names a row, such as "resident 12", never an address or a text of residents. `about` says more, such as
    the word that was assigned to an option. `old` and `new` are values of settings, states and texts by staff.
    """

    __tablename__ = "acts"
    __table_args__ = (Index(None, "subject"), Index(None, "who"), Index(None, "at"))

    seq: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment)
    who: Mapped[str] = mapped_column(String(40))
    via: Mapped[str | None] = mapped_column(String(8))  # api, cli, console or clock; None in rows of older releases
    act: Mapped[str] = mapped_column(String(24))
    subject: Mapped[str] = mapped_column(String(40))
    about: Mapped[str | None] = mapped_column(String(120))
    old: Mapped[Any | None] = mapped_column(_VALUE)
    new: Mapped[Any | None] = mapped_column(_VALUE)
    reason: Mapped[str | None]
    hash: Mapped[str] = mapped_column(String(64))


class RecordHead(Base):
    """The number and hash of the last act, in a table with a single row.

    Every transaction locks this row before it writes acts, so that two acts never get the same number.
    """

    __tablename__ = "record_heads"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(Id)
    hash: Mapped[str] = mapped_column(String(64))
    broken_seq: Mapped[int | None] = mapped_column(Id)  # the first row known not to verify
    broken_at: Mapped[datetime | None] = mapped_column(Moment)


class Checkpoint(Base):
    """A signed statement that the record ended with a certain row and hash at a certain time."""

    __tablename__ = "checkpoints"

    seq: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    head: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)
    origin: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(44))  # the Ed25519 public key, in base64
    signature: Mapped[str] = mapped_column(String(88))  # in base64


def first_contradicted() -> Select[int]:
    """Return a query for the first row that is missing, or not the one that a checkpoint signed."""
    joined = select(Checkpoint.seq).outerjoin(Act, Act.seq == Checkpoint.seq)
    return joined.where(Act.hash.is_distinct_from(Checkpoint.head)).order_by(Checkpoint.seq).limit(1)
