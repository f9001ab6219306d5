"""JSON schemas of free-text answers and their tags, as staff read and write them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from api.consultations.fields import Clean, OneLine
from api.strict_model import StrictModel

Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20), Clean, OneLine]


class AnswerOut(BaseModel):
    """One free-text answer. Nothing says who wrote it, when or where, or what else that person answered."""

    number: int = Field(description="assigned at random at closing, independent of the order of arrival")
    question: int = Field(description="its position in the consultation, from 1")
    text: str
    flags: list[str] = Field(description="what it seems to contain: phone, email, identity; receipt: one was cut out")
    tags: list[str]
    closed_on: date | None = Field(description="the day on which the consultation closed")


class TagCount(BaseModel):
    """A tag, and the number of answers in a consultation that have it."""

    tag: str
    answers: int


class TagIn(StrictModel):
    """A tag to add to an answer or to remove from it."""

    tag: Tag
