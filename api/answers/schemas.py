"""Answers in people's own words as staff read and tag them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from api.consultations.fields import Clean, OneLine
from api.strict_model import StrictModel

Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20), Clean, OneLine]


class AnswerOut(BaseModel):
    """One answer. Nothing tells who gave it, when, where or beside what."""

    number: int = Field(description="drawn by chance at closing: it tells no order of arrival")
    question: int = Field(description="1 is the first of the consultation")
    text: str
    flags: list[str] = Field(description="what it seems to hold: phone, email, identity; receipt: one was cut out")
    tags: list[str]
    closed_on: date | None = Field(description="the day on which its consultation was closed")


class TagCount(BaseModel):
    """A tag, and how many answers of a consultation carry it."""

    tag: str
    answers: int


class TagIn(StrictModel):
    """A tag to put on an answer, or to take off."""

    tag: Tag
