"""A reset of somebody's password, as the overview tells other managers and the console tells its owner."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field


class AccountReset(BaseModel):
    """A password that somebody else reset."""

    name: str = Field(description="Whose account.")
    by: str
    at: datetime
    factor: bool = Field(description="Whether the second factor was reset too.")
    reason: str | None
