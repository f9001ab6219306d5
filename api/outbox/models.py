"""Tables of outgoing messages, and of the lanes, send windows, counters and budgets that control them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Double, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Json, Moment
from api.enum_column import enum_type
from api.inbound.models import to_forget
from api.outbox.states import DeliveryState

_STATE = enum_type(DeliveryState, 10)


class Body(Base):
    """One text of a campaign in one language, script and channel, fixed at launch. Many deliveries refer to it.

    `variant` is a bit mask of the campaign parts in the text: 1 for part one, 2 for part two, 4 for part three, and so
    on.
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
    parts: Mapped[int] = mapped_column(default=1)  # SMS segments, counted at launch
    purpose: Mapped[str] = mapped_column(String(16), default="")  # of the campaign; the road may depend on it


class Lane(Base):
    """A road's sending rate, shared by all processes. `tried` and `failed` count the latest attempts on the road.

    Nothing is sent until `paused_until`. After this time a few messages test the road. If one succeeds, the pause ends.
    """

    __tablename__ = "lanes"

    road: Mapped[str] = mapped_column(String(40), primary_key=True)
    per_second: Mapped[float] = mapped_column(Double)  # an SMS counts once per segment
    next_slot: Mapped[datetime] = mapped_column(Moment)
    taken: Mapped[int] = mapped_column(BigInteger, default=0)  # segments that got slots so far
    tried: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    paused_until: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(String(80))
    slowed: Mapped[int] = mapped_column(server_default="0")  # consecutive requests to slow down that named no time


class SendWindow(Base):
    """The time in which a campaign may be sent now or next. `opens_at` is NULL while the campaign is paused."""

    __tablename__ = "gates"

    campaign_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    opens_at: Mapped[datetime | None] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(Moment)
    rank: Mapped[int] = mapped_column(default=1)  # order among campaigns in an open window, lowest first


class StateCount(Base):
    """The number of a campaign's deliveries in one state. It is updated at each change, so that reports are fast.

    A claimed delivery counts as queued. To keep processes from waiting for each other, a counter is split into rows,
    one per `slot`. Only their sum is the number; a single row may be negative.
    """

    __tablename__ = "tallies"

    campaign_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    body_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    province: Mapped[str] = mapped_column(String(8), primary_key=True)
    state: Mapped[DeliveryState] = mapped_column(_STATE, primary_key=True)
    reason: Mapped[str] = mapped_column(String(40), primary_key=True)  # why a delivery is in one of the states in LOST
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger)


class MinuteCount(Base):
    """The number of a campaign's deliveries that reached a state within one minute."""

    __tablename__ = "flows"

    campaign_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    minute: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    state: Mapped[DeliveryState] = mapped_column(_STATE, primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(BigInteger)


class Budget(Base):
    """A spending limit, in millionths. A message that would exceed the limit is not sent."""

    __tablename__ = "purses"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)  # "campaign:ID" or "day:DATE"
    spent: Mapped[int] = mapped_column(BigInteger, default=0)
    ceiling: Mapped[int | None] = mapped_column(BigInteger)  # NULL: no limit
    empty: Mapped[bool] = mapped_column(default=False)  # whether a due message could not be paid for


class Delivery(Base):
    """One message to one address. Its state only moves forward, as `states.py` defines."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("campaign_id", "resident_id"),
        Index(
            "ix_deliveries_due",  # by campaign, so that a paused campaign costs nothing, however large it is
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
            "ix_deliveries_unsure",  # for a report's reasons
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
    priority: Mapped[int]  # -1 road test, 0 reply, 1 notification, 2 campaign
    state: Mapped[DeliveryState] = mapped_column(_STATE, default=DeliveryState.QUEUED)
    prior: Mapped[DeliveryState | None] = mapped_column(_STATE)  # the state before, for the counters
    campaign_id: Mapped[int | None] = mapped_column(Id)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
    province: Mapped[str] = mapped_column(String(8), default="")  # the recipient's, when the campaign was launched
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound.id"))
    sealed: Mapped[bytes | None]  # the enciphered text of a reply or notification; deleted soon after sending
    due_at: Mapped[datetime] = mapped_column(Moment)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    external_id: Mapped[str | None] = mapped_column(String(64))
    parts: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    asked: Mapped[int] = mapped_column(server_default="0")  # how often the provider was asked what became of it
    ask_at: Mapped[datetime | None] = mapped_column(Moment)  # when to ask again; never if NULL after a question
    forget_at: Mapped[datetime | None] = mapped_column(Moment)  # when to ask the provider to delete the message
