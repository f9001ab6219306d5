"""The rules as staff read and set them over the JSON API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class RuleIn(BaseModel):
    """A rule's new value, and who sets it."""

    model_config = ConfigDict(extra="forbid")

    value: Any = Field(description="of the form that the rule has now")
    who: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


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
