"""Tables of what came in: ids only, never a text."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Moment


def to_forget(table: str) -> tuple[Index]:
    """The index of rows that a provider is to be told to forget."""
    still = text("forget_at IS NOT NULL")
    return (Index(f"ix_{table}_to_forget", "forget_at", postgresql_where=still, sqlite_where=still),)


class Inbound(Base):
    """That a message came in, so that hearing it twice changes nothing. Its text is never kept."""

    __tablename__ = "inbound"
    __table_args__ = (UniqueConstraint("provider", "external_id"), *to_forget("inbound"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    provider: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(Moment)
    forget_at: Mapped[datetime | None] = mapped_column(Moment)  # when the provider is to be told to forget it


class Heard(Base):
    """A message that came in so long ago that nothing else is kept of it: should it come again, it changes nothing."""

    __tablename__ = "heard"

    known_by: Mapped[bytes] = mapped_column(primary_key=True)  # a keyed hash of its provider and id
