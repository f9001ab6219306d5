"""The table of corrected messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Json, Moment


class Correction(Base):
    """A corrected message. The newest row for a name and language applies. A row without forms restores the original.

    Rows are added, never changed. So the highest id tells a process whether it has read them all.
    """

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    language: Mapped[str] = mapped_column(String(3))
    name: Mapped[str] = mapped_column(String(40))
    forms: Mapped[list[str]] = mapped_column(Json, default=list)  # one text, or one for each plural form
    made_at: Mapped[datetime] = mapped_column(Moment)
