"""Tables of what came in (ids only) and what goes out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Double, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Json, Moment


class Inbound(Base):
    """That a message came in, so that hearing it twice changes nothing. Its text is never kept."""

    __tablename__ = "inbound"
    __table_args__ = (UniqueConstraint("provider", "external_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    provider: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(Moment)


class Body(Base):
    """One frozen text of a campaign, for one language, script and channel; its deliveries point here."""

    __tablename__ = "bodies"
    __table_args__ = (UniqueConstraint("campaign_id", "channel", "language", "latin"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(Id)
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(3))
    latin: Mapped[bool]
    text: Mapped[str]
    choices: Mapped[list[Any]] = mapped_column(Json, default=list)


class Lane(Base):
    """A road's sending rate, shared by all processes. `tried` and `failed` are of its latest attempts."""

    __tablename__ = "lanes"

    road: Mapped[str] = mapped_column(String(40), primary_key=True)
    per_second: Mapped[float] = mapped_column(Double)  # SMS count as many as they have segments
    next_slot: Mapped[datetime] = mapped_column(Moment)
    tried: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    paused_until: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(String(80))


class Gate(Base):
    """When a campaign's deliveries may flow: the window of hours that is open or comes next; none in a pause."""

    __tablename__ = "gates"

    campaign_id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    opens_at: Mapped[datetime | None] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(Moment)


class Delivery(Base):
    """One message to one address. States move only forward; see `states.py`."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("campaign_id", "resident_id"),
        Index(
            "ix_deliveries_due",
            "channel",
            "priority",
            "due_at",
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
            "ix_deliveries_waiting",
            "resident_id",
            postgresql_where=text("state = 'queued'"),
            sqlite_where=text("state = 'queued'"),
        ),
        Index(None, "inbound_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    priority: Mapped[int]  # 0 reply, 1 notice, 2 campaign
    state: Mapped[str] = mapped_column(String(10), default="queued")
    campaign_id: Mapped[int | None] = mapped_column(Id)
    body_id: Mapped[int | None] = mapped_column(ForeignKey("bodies.id"))
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
