"""Tables of the people we serve: residents, their addresses and what they agreed to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Moment


class Resident(Base):
    """A person; only one whose `state` is active is ever written to first.

    joining, active, declined and stopped are people's; merged and erased are what is left of a row that was joined to
    another, or emptied: a number, so that what counts them still counts.
    """

    __tablename__ = "residents"
    __table_args__ = (Index(None, "joined_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    state: Mapped[str] = mapped_column(String(16), default="joining")
    language: Mapped[str | None] = mapped_column(String(3))
    latin: Mapped[bool] = mapped_column(default=False)  # reads Tamazight in Latin letters
    province: Mapped[str | None] = mapped_column(String(8))
    commune: Mapped[str | None] = mapped_column(String(12))  # HCP code; known only where they named their town
    source: Mapped[str | None] = mapped_column(String(64))  # the poster's keyword or the deep link they came by first
    joined_at: Mapped[datetime] = mapped_column(Moment)


class Address(Base):
    """One way to reach a resident. `state` is active or gone (the provider says that nothing arrives any more)."""

    __tablename__ = "addresses"
    __table_args__ = (
        UniqueConstraint("channel", "blind_index"),
        Index(None, "resident_id"),
        Index(
            "ix_addresses_erased",  # whose hash is still to be forgotten
            "resident_id",
            postgresql_where=text("state = 'erased'"),
            sqlite_where=text("state = 'erased'"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    channel: Mapped[str] = mapped_column(String(16))
    road: Mapped[str] = mapped_column(String(40))  # the one they last came by
    prefix: Mapped[str | None] = mapped_column(String(6))  # of a number, in the clear: see `api/routing/roads.py`
    blind_index: Mapped[bytes]
    sealed: Mapped[bytes]
    state: Mapped[str] = mapped_column(String(16), default="active")


class Consent(Base):
    """What a resident agreed to or withdrew, when, and in which words they read it (law 09-08, article 4)."""

    __tablename__ = "consents"
    __table_args__ = (Index(None, "resident_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    purpose: Mapped[str] = mapped_column(String(32))
    granted: Mapped[bool]
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str | None] = mapped_column(String(3))
    wording: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(Moment)


class Follow(Base):
    """That a resident wants news of something: a theme, a commitment ("plan-code/3") or a province (HCP code)."""

    __tablename__ = "follows"
    __table_args__ = (Index(None, "kind", "ref"),)

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    ref: Mapped[str] = mapped_column(String(40), primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment)


class Newcomer(Base):
    """How many joined on a day (Moroccan) from one range of numbers, and how many were told to come back later.

    The range is known by its keyed hash, and sealed: to whom has the table alone it says nothing.
    """

    __tablename__ = "newcomers"

    blind: Mapped[bytes] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    joined: Mapped[int]
    refused: Mapped[int]


class LinkCode(Base):
    """A code that an address was shown, to be sent from another address of the same person; only its hash is kept."""

    __tablename__ = "link_codes"

    blind: Mapped[bytes] = mapped_column(primary_key=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), unique=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class LinkAsk(Base):
    """That an address is asked whether another one, which sent its code, is of the same person; until when it is."""

    __tablename__ = "link_asks"

    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), primary_key=True, autoincrement=False)
    by_address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    expires_at: Mapped[datetime] = mapped_column(Moment)


class LinkTry(Base):
    """How many codes an address tried since `since`, and, in the row of nobody (`b""`), how many wrong ones all did.

    `origin` is a keyed hash of the address: who erases their data and comes back goes on counting.
    """

    __tablename__ = "link_tries"

    origin: Mapped[bytes] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment)
    count: Mapped[int]


class Merge(Base):
    """That two residents turned out to be one person, and perhaps not: the log, without a choice.

    `sealed` is what parting them again needs, enciphered, and is gone after a day.
    """

    __tablename__ = "merges"
    __table_args__ = (
        Index(
            "ix_merges_kept",
            "merged_at",
            postgresql_where=text("sealed IS NOT NULL"),
            sqlite_where=text("sealed IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kept_id: Mapped[int] = mapped_column(Id)
    gone_id: Mapped[int] = mapped_column(Id)
    how: Mapped[str] = mapped_column(String(10))  # code or contact
    channel: Mapped[str] = mapped_column(String(16))  # where it was said
    merged_at: Mapped[datetime] = mapped_column(Moment)
    sealed: Mapped[bytes | None]
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[str | None] = mapped_column(String(40))
