"""A row of the record of staff acts, as /v1 lists it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class RecordedAct(BaseModel):
    """One act in the record of staff acts."""

    seq: int = Field(description="Rows are numbered without gaps.")
    at: datetime
    who: str
    via: str | None = Field(description="api, cli, console or clock; null in rows of older releases.")
    act: str
    subject: str
    about: str | None
    old: Any = Field(description="Values before, of a change of settings, states or texts by staff.")
    new: Any = Field(description="Values after.")
    reason: str | None
    hash: str
