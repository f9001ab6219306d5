"""Tables of the people we serve: residents, their addresses and what they agreed to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Moment


class Resident(Base):
    """A person. `state` is joining, active, declined or stopped; only an active resident is ever written to first."""

    __tablename__ = "residents"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    state: Mapped[str] = mapped_column(String(16), default="joining")
    language: Mapped[str | None] = mapped_column(String(3))
    latin: Mapped[bool] = mapped_column(default=False)  # reads Tamazight in Latin letters
    province: Mapped[str | None] = mapped_column(String(8))
    joined_at: Mapped[datetime] = mapped_column(Moment)


class Address(Base):
    """One way to reach a resident. `state` is active or gone (the provider says that nothing arrives any more)."""

    __tablename__ = "addresses"
    __table_args__ = (UniqueConstraint("channel", "blind_index"), Index(None, "resident_id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    resident_id: Mapped[int] = mapped_column(ForeignKey("residents.id"))
    channel: Mapped[str] = mapped_column(String(16))
    provider: Mapped[str] = mapped_column(String(16))  # the road they last came by
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
