"""Tables of what came in (ids only) and what goes out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Double, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Json, Moment
from api.inbound.models import to_forget


class Body(Base):
    """One frozen text of a campaign, for one language, script and channel; its deliveries point here.

    `variant` says which parts of the campaign are joined in it: the first is 1, the second 2, the third 4, and so on.
    """

    __tablename__ = "bodies"
    __table_args__ = (UniqueConstraint("campaign_id", "channel", "language", "latin", "variant"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(Id)
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(3))
    latin: Mapped[bool]
    variant: Mapped[int] = mapped_column(server_default="0")
    text: Mapped[str]
    choices: Mapped[list[Any]] = mapped_column(Json, default=list)
    parts: Mapped[int] = mapped_column(default=1)  # segments, as counted when it was frozen
    purpose: Mapped[str] = mapped_column(String(16), default="")  # of the campaign: routes may depend on it


class Lane(Base):
    """A road's sending rate, shared by all processes. `tried` and `failed` are of its latest attempts.

    While `paused_until` lies ahead it rests; once that is over, a few messages try it, and clear it with their success.
    """

    __tablename__ = "lanes"

    road: Mapped[str] = mapped_column(String(40), primary_key=True)
    per_second: Mapped[float] = mapped_column(Double)  # SMS count as many as they have segments
    next_slot: Mapped[datetime] = mapped_column(Moment)
    taken: Mapped[int] = mapped_column(BigInteger, default=0)  # segments that were given slots so far
    tried: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    paused_until: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(String(80))
    slowed: Mapped[int] = mapped_column(server_default="0")  # times in a row it was told to slow down, no time named


class Gate(Base):
    """When a campaign's deliveries may flow: the window of hours that is open or comes next; none in a pause."""

    __tablename__ = "gates"

    campaign_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    opens_at: Mapped[datetime | None] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(Moment)
    rank: Mapped[int] = mapped_column(default=1)  # campaigns that flow at once take turns by it, the lowest first


class Tally(Base):
    """How many deliveries of a campaign are in a state. Kept as they move, so that reading it costs the same always.

    What is claimed counts as queued. `slot` spreads the writing of several processes; counts of one slot may be
    negative, their sum is what counts.
    """

    __tablename__ = "tallies"

    campaign_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    body_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    province: Mapped[str] = mapped_column(String(8), primary_key=True)
    state: Mapped[str] = mapped_column(String(10), primary_key=True)
    reason: Mapped[str] = mapped_column(String(40), primary_key=True)  # of those that ended badly
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger)


class Flow(Base):
    """How many deliveries of a campaign came to a state within a minute."""

    __tablename__ = "flows"

    campaign_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    minute: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    state: Mapped[str] = mapped_column(String(10), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger)


class Purse(Base):
    """Money that may be spent on something, in millionths; nothing is sent that it cannot pay for."""

    __tablename__ = "purses"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)  # see `outbox/flow/budgets.py`
    spent: Mapped[int] = mapped_column(BigInteger, default=0)
    ceiling: Mapped[int | None] = mapped_column(BigInteger)  # none: only counted
    empty: Mapped[bool] = mapped_column(default=False)  # it could not pay for a message that was due


class Delivery(Base):
    """One message to one address. States move only forward; see `states.py`."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("campaign_id", "resident_id"),
        Index(
            "ix_deliveries_due",  # campaign by campaign: one that is paused costs nothing, however large
            "road",
            "campaign_id",
            "due_at",
            "id",
            postgresql_where=text("state = 'queued'"),
            sqlite_where=text("state = 'queued'"),
        ),
        Index(
            "ix_deliveries_open",
            "campaign_id",
            postgresql_where=text("state IN ('queued', 'sending')"),
            sqlite_where=text("state IN ('queued', 'sending')"),
        ),
        Index(
            "ix_deliveries_unsure",  # a report says why they are
            "campaign_id",
            postgresql_where=text("state = 'unsure'"),
            sqlite_where=text("state = 'unsure'"),
        ),
        Index(
            "ix_deliveries_expiring",
            "expires_at",
            postgresql_where=text("state = 'queued' AND expires_at IS NOT NULL"),
            sqlite_where=text("state = 'queued' AND expires_at IS NOT NULL"),
        ),
        Index(
            "ix_deliveries_leased",
            "leased_until",
            postgresql_where=text("state = 'sending'"),
            sqlite_where=text("state = 'sending'"),
        ),
        Index(
            "ix_deliveries_kept",
            "settled_at",
            postgresql_where=text("sealed IS NOT NULL"),
            sqlite_where=text("sealed IS NOT NULL"),
        ),
        Index(
            "ix_deliveries_asked",
            "settled_at",
            postgresql_where=text("state = 'unsure'"),
            sqlite_where=text("state = 'unsure'"),
        ),
        Index(
            "ix_deliveries_waiting",
            "address_id",
            postgresql_where=text("state = 'queued'"),
            sqlite_where=text("state = 'queued'"),
        ),
        Index(
            "ix_deliveries_own",
            "address_id",
            postgresql_where=text("campaign_id IS NULL"),
            sqlite_where=text("campaign_id IS NULL"),
        ),
        Index(
            "ix_deliveries_contacts",
            "resident_id",
            "created_at",
            postgresql_where=text("campaign_id IS NOT NULL"),
            sqlite_where=text("campaign_id IS NOT NULL"),
        ),
        Index(None, "inbound_id"),
        *to_forget("deliveries"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    road: Mapped[str] = mapped_column(String(40))
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    priority: Mapped[int]  # -1 trial of a road, 0 reply, 1 notice, 2 campaign
    state: Mapped[str] = mapped_column(String(10), default="queued")
    prior: Mapped[str | None] = mapped_column(String(10))  # the state before, for the tallies
    campaign_id: Mapped[int | None] = mapped_column(Id)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    province: Mapped[str] = mapped_column(String(8), default="")  # of a campaign's, as it was at launch
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id"))
    sealed: Mapped[bytes | None]  # a reply's own text, enciphered, blanked soon after it was handed over
    due_at: Mapped[datetime] = mapped_column(Moment)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    external_id: Mapped[str | None] = mapped_column(String(64))
    parts: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    asked: Mapped[int] = mapped_column(server_default="0")  # how often the provider was asked whether it took it
    ask_at: Mapped[datetime | None] = mapped_column(Moment)  # when it is asked again; none once asked: never
    forget_at: Mapped[datetime | None] = mapped_column(Moment)  # when the provider is to be told to forget it
