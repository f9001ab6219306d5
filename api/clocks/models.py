"""The table of processes whose clock jumped. While it has rows, jobs that cannot be undone are paused."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Moment


class ClockHold(Base):
    """One process whose clock jumped. The row is deleted when the clocks agree again or staff confirm the time."""

    __tablename__ = "clock_holds"

    process: Mapped[str] = mapped_column(String(16), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)  # when the jump was noticed, by the clock that jumped
    ahead: Mapped[int] = mapped_column(BigInteger)  # seconds; negative if the clock is behind
