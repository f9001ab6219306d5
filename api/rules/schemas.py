"""The rules as staff read and set them over the JSON API."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from api.strict_model import StrictModel


class RuleIn(StrictModel):
    """A rule's new value."""

    value: Any = Field(description="of the form that the rule has now")


class RuleOut(BaseModel):
    """One rule in force."""

    name: str
    meaning: str
    value: Any
    who: str | None = Field(description="who set it; none if nobody has")
    at: datetime | None


class ChangeOut(BaseModel):
    """That somebody set a rule."""

    name: str
    value: Any
    who: str
    at: datetime
