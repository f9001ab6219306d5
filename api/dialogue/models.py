"""The table of conversations: where each address is in the journey, in the database only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Json, Moment


class Conversation(Base):
    """One address's place: its step, what it was last offered, and what breaks loops between robots."""

    __tablename__ = "conversations"

    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(16), default="language")
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultations.id"))
    position: Mapped[int] = mapped_column(default=0)
    offered: Mapped[list[Any]] = mapped_column(Json, default=list)
    misses: Mapped[int] = mapped_column(default=0)  # texts in a row that were not understood
    hour: Mapped[datetime] = mapped_column(Moment)  # since when `heard` counts
    heard: Mapped[int] = mapped_column(default=0)
    payload: Mapped[str | None] = mapped_column(String(64))  # the poster's code, kept until joining is done
