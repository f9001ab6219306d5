"""Words of options and replies nobody understood, over the JSON API."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.consultations.fields import Word
from api.strict_model import StrictModel


class TextIn(StrictModel):
    """A text of one question of an open consultation."""

    code: str
    question: int = Field(ge=1, description="its position, 1 being the first")
    text: Word


class AssignIn(TextIn):
    """A text, and the option that it is to mean from now on."""

    option: int = Field(ge=1, description="its place in the list, 1 being the first")


class WordsOut(BaseModel):
    """The words of one option beside its label, as they are now."""

    code: str
    question: int
    option: int
    also: list[str]


class UnmatchedOut(BaseModel):
    """A text that nobody understood."""

    words: str = Field(description="as it was compared: small letters, one spelling")
    people: int = Field(description="who wrote it, at least; in steps of the consultation's `smallest_count`")
    asked: str = Field(description="the kind of the question, or the step of the dialogue")
    code: str | None = Field(description="the consultation; none at a step that is no vote's")
    question: int | None = Field(description="its position, 1 being the first")
