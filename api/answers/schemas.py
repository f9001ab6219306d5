"""JSON schemas of free-text answers and their tags, as staff read and write them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from api.consultations.fields import Clean, OneLine
from api.strict_model import StrictModel

Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20), Clean, OneLine]


class AnswerOut(BaseModel):
    """One free-text answer. It does not show who wrote it, when or where, or what else that person answered."""

    number: int = Field(
        description="Random number assigned when the consultation closed. It does not show the order of arrival."
    )
    question: int = Field(description="Position of the question in the consultation, starting at 1.")
    text: str
    flags: list[str] = Field(
        description=(
            "Personal data that the text may contain: `phone`, `email` or `identity`. `receipt` means that a "
            "receipt was removed from the text."
        )
    )
    tags: list[str]
    closed_on: date | None = Field(description="Day on which the consultation closed.")


class TagCount(BaseModel):
    """A tag, and the number of answers in the consultation that have it."""

    tag: str
    answers: int


class TagIn(StrictModel):
    """A tag to add to an answer, or to remove from it."""

    tag: Tag
