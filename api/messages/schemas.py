"""Messages and their cost, as staff read and correct them."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.strict_model import StrictModel


class FormsIn(StrictModel):
    """A corrected message: one text, or one text for each plural form of the language, in the catalog's order."""

    forms: list[str] = Field(min_length=1, max_length=6)


class Shown(BaseModel):
    """The cost of one form of a message on one channel. `proposal` is the text without characters that cost more."""

    channel: str
    parts: int
    encoding: str
    culprits: list[str]
    proposal: str | None


class MessageOut(BaseModel):
    """A message in one language, as residents read it now. It takes at most `segments` SMS segments."""

    name: str
    language: str
    note: str
    segments: int
    forms: list[str]
    corrected: bool
    original: list[str]
    previews: list[Shown] = Field(description="Cost of the message, once for each form and channel.")
