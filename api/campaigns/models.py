"""Tables of campaigns."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Moment


class Campaign(Base):
    """One text in three languages to an audience; its purpose is invite (later: remind, inform, update, result)."""

    __tablename__ = "campaigns"
    __table_args__ = (UniqueConstraint("purpose", "consultation_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16))
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultations.id"))
    launched_at: Mapped[datetime] = mapped_column(Moment)
