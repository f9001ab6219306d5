"""Tables of residents, their addresses and their consents."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Moment
from api.enum_column import enum_type
from api.residents.states import AddressState, ResidentState


class Resident(Base):
    """A person. Only residents whose `state` is active get messages they did not ask for.

    A merged or erased row no longer represents a person; it stays because counts refer to its id.
    """

    __tablename__ = "residents"
    __table_args__ = (Index(None, "joined_at"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    state: Mapped[ResidentState] = mapped_column(enum_type(ResidentState, 16), default=ResidentState.JOINING)
    language: Mapped[str | None] = mapped_column(String(3))
    latin: Mapped[bool] = mapped_column(default=False)  # reads Tamazight in Latin script
    province: Mapped[str | None] = mapped_column(String(8))
    commune: Mapped[str | None] = mapped_column(String(12))  # HCP code; known only if they named their town
    source: Mapped[str | None] = mapped_column(String(64))  # the poster's keyword or deep link that first brought them
    joined_at: Mapped[datetime] = mapped_column(Moment)


class Address(Base):
    """A resident's phone number or chat, encrypted. A row is found by the keyed hash of its address."""

    __tablename__ = "addresses"
    __table_args__ = (
        UniqueConstraint("channel", "blind_index"),
        Index(None, "resident_id"),
        Index(
            "ix_addresses_erased",  # finds the address hashes that are still to delete
            "resident_id",
            postgresql_where=text("state = 'erased'"),
            sqlite_where=text("state = 'erased'"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    channel: Mapped[str] = mapped_column(String(16))
    road: Mapped[str] = mapped_column(String(40))  # the road (delivery route) by which their newest message came
    prefix: Mapped[str | None] = mapped_column(String(6))  # the number's first digits: see `api/routing/roads.py`
    blind_index: Mapped[bytes]
    sealed: Mapped[bytes]
    state: Mapped[AddressState] = mapped_column(enum_type(AddressState, 16), default=AddressState.ACTIVE)


class Consent(Base):
    """A resident's consent or its withdrawal, and the wording they had read (law 09-08, article 4)."""

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
    """A resident's request for updates on a theme, a commitment ("plan-code/3") or a province (HCP code)."""

    __tablename__ = "follows"
    __table_args__ = (Index(None, "kind", "ref"),)

    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    ref: Mapped[str] = mapped_column(String(40), primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment)


class Newcomer(Base):
    """How many people of one number range joined on one day in Morocco, and how many were told to come later.

    The range is stored encrypted and as a keyed hash, so the table alone reveals nothing.
    """

    __tablename__ = "newcomers"

    blind: Mapped[bytes] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    joined: Mapped[int]
    refused: Mapped[int]


class LinkCode(Base):
    """The hash of a code shown on one address. Its owner sends the code from another address to link the two."""

    __tablename__ = "link_codes"

    blind: Mapped[bytes] = mapped_column(primary_key=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), unique=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class LinkAsk(Base):
    """An open question to a resident who was shown a code: is the address that sent the code also theirs?"""

    __tablename__ = "link_asks"

    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), primary_key=True, autoincrement=False)
    by_address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    expires_at: Mapped[datetime] = mapped_column(Moment)


class LinkTry(Base):
    """The number of codes an address tried since `since`. The row with origin `b""` counts all wrong codes together.

    `origin` is a keyed hash of the address, so erasing a resident's data does not reset the count.
    """

    __tablename__ = "link_tries"

    origin: Mapped[bytes] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment)
    count: Mapped[int]


class Merge(Base):
    """One merge of two residents.

    `sealed` contains, encrypted, what is needed to undo the merge. It is deleted after a day.
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
    channel: Mapped[str] = mapped_column(String(16))  # the channel on which it was confirmed
    merged_at: Mapped[datetime] = mapped_column(Moment)
    sealed: Mapped[bytes | None]
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[str | None] = mapped_column(String(40))
