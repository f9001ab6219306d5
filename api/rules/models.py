"""The table of rules that staff set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, Id, Json, Moment
from api.runtime.wakeups import WAKES_SCHEDULE


class RuleChange(Base):
    """The value of a rule from a moment on; the newest row of a name counts. Rows are only added.

    So the greatest id tells every process whether it has read them all.
    """

    __tablename__ = "rule_changes"
    __table_args__ = (WAKES_SCHEDULE,)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    value: Mapped[Any] = mapped_column(Json)
    who: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Moment)
