"""JSON schemas of the rules, as staff read and set them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from api.strict_model import StrictModel


class RuleIn(StrictModel):
    """A new value for a rule."""

    value: Any = Field(description="New value, of the same JSON type as the current one.")


class RuleOut(BaseModel):
    """A rule with its current value."""

    name: str
    meaning: str
    value: Any
    who: str | None = Field(description="Who set the value; null if it still comes from the settings.")
    at: datetime | None


class ChangeOut(BaseModel):
    """A change of a rule: which value was set, by whom, and when."""

    name: str
    value: Any
    who: str
    at: datetime
