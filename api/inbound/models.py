"""Tables of incoming messages. They contain ids, but never the text of a message."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Moment


def to_forget(table: str) -> tuple[Index]:
    """Return the index of messages that their providers must still be told to delete."""
    pending = text("forget_at IS NOT NULL")
    return (Index(f"ix_{table}_to_forget", "forget_at", postgresql_where=pending, sqlite_where=pending),)


class Inbound(Base):
    """An incoming message, stored so that receiving it twice changes nothing. Its text is never stored."""

    __tablename__ = "inbound"
    __table_args__ = (UniqueConstraint("provider", "external_id"), *to_forget("inbound"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    provider: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime] = mapped_column(Moment)
    forget_at: Mapped[datetime | None] = mapped_column(Moment)  # when to tell the provider to delete the message


class Heard(Base):
    """The keyed hash of an old message whose row was deleted.

    If the message is received again, the hash shows that it was already handled.
    """

    __tablename__ = "heard"

    known_by: Mapped[bytes] = mapped_column(primary_key=True)  # keyed hash of provider and id
