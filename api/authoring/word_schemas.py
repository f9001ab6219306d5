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
    """A text, and the option that it chooses from now on."""

    option: int = Field(ge=1, description="Position of the option, starting at 1.")


class ReplyIn(StrictModel):
    """A reply that was not understood, as it appears in the list."""

    words: str = Field(max_length=200)
    asked: str = Field(max_length=16)
    code: str | None = Field(None, max_length=24)
    question: int | None = None


class ClearIn(StrictModel):
    """Reviewed replies to delete from the list."""

    replies: list[ReplyIn] = Field(
        max_length=100,
        description="The replies, as they appear in the list. Replies that are no longer listed are not deleted.",
    )


class WordsOut(BaseModel):
    """The words that choose an option, besides the option's label."""

    code: str
    question: int
    option: int
    also: list[str]


class UnmatchedOut(BaseModel):
    """A reply that was not understood. At least `people` residents sent it."""

    words: str = Field(description="The reply in lower case, with spelling variants made alike.")
    people: int = Field(
        description="At least this many people sent it. The number is rounded down to a multiple of `smallest_count`."
    )
    asked: str = Field(description="Kind of question that residents replied to, or the step of the dialogue.")
    code: str | None = Field(description="Code of the consultation; null if the step is not part of a consultation.")
    question: int | None = Field(description="Position of the question, starting at 1.")
