"""Messages and their previews as data."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.strict_model import StrictModel


class FormsIn(StrictModel):
    """A message in other words: one text, or one for each plural form of the language, in the catalog's order."""

    forms: list[str] = Field(min_length=1, max_length=6)


class Shown(BaseModel):
    """What one form costs on one channel; `proposal` says it without the letters that make an SMS twice as dear."""

    channel: str
    parts: int
    encoding: str
    culprits: list[str]
    proposal: str | None


class MessageOut(BaseModel):
    """One message in one language, as residents read it now. `segments` is the most it should take by SMS."""

    name: str
    language: str
    note: str
    segments: int
    forms: list[str]
    corrected: bool
    original: list[str]
    previews: list[Shown] = Field(description="one for each form and channel")
