"""The database table of rules that staff change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Json, Moment
from api.runtime.wakeups import WAKES_SCHEDULE


class RuleChange(Base):
    """A rule's new value, and since when it applies. Rows are only added; the newest row with a name counts.

    A process has read all changes if it knows the greatest id and the number of rows.
    """

    __tablename__ = "rule_changes"
    __table_args__ = (WAKES_SCHEDULE,)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    value: Mapped[Any] = mapped_column(Json)
    who: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Moment)
