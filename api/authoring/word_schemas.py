"""JSON schemas of the words that choose options, and of replies that were not understood."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.consultations.fields import Word
from api.strict_model import StrictModel


class TextIn(StrictModel):
    """A text that residents send in reply to a question of an open consultation."""

    code: str
    question: int = Field(ge=1, description="Position of the question, starting at 1.")
    text: Word


class AssignIn(TextIn):
    """A text, and the option to which staff assign it."""

    option: int = Field(ge=1, description="Position of the option, starting at 1.")


class ReplyIn(StrictModel):
    """A reply that was not understood, as the list of them shows it."""

    words: str = Field(max_length=200)
    asked: str = Field(max_length=16)
    code: str | None = Field(None, max_length=24)
    question: int | None = None


class ClearIn(StrictModel):
    """Replies that staff have reviewed, to delete from the list."""

    replies: list[ReplyIn] = Field(max_length=100, description="As listed. Those that are no longer listed stay.")


class WordsOut(BaseModel):
    """The words that choose one option now, besides its label."""

    code: str
    question: int
    option: int
    also: list[str]


class UnmatchedOut(BaseModel):
    """A reply that was not understood. `people` is a lower bound: at least so many people sent it."""

    words: str = Field(description="The reply as it is compared: lower case, one spelling.")
    people: int = Field(description="Minimum number of people who sent it, in steps of `smallest_count`.")
    asked: str = Field(description="Kind of the question, or step of the dialogue.")
    code: str | None = Field(description="The consultation; null if the step belongs to none.")
    question: int | None = Field(description="Position of the question, starting at 1.")
