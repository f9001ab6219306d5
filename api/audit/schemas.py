"""A row of the record of staff acts, as /v1 lists it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class RecordedAct(BaseModel):
    """One act in the record of staff acts."""

    seq: int = Field(description="Number of the row. Rows are numbered without gaps.")
    at: datetime
    who: str
    via: str | None = Field(
        description=(
            "Interface through which the act was done: `api`, `cli`, `console` or `clock`; null in rows from "
            "older releases."
        )
    )
    act: str
    subject: str
    about: str | None
    old: Any = Field(description="Values before the act, if the act changed settings, states or texts.")
    new: Any = Field(description="Values after the act.")
    reason: str | None
    hash: str
