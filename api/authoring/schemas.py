"""Schemas of consultation drafts in the JSON API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from api.consultations.schemas import ConsultationOut
from api.consultations.sms_budget import Weight
from api.strict_model import StrictModel


class CloneIn(StrictModel):
    """The code of the draft to which a consultation is copied."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,23}$")]


class WordOut(BaseModel):
    """A word that residents can send to choose an option instead of the option's label.

    `who` and `at` say which staff member assigned it and when. If the author of the draft wrote it, both are null.
    """

    word: str
    who: str | None
    at: datetime | None


class EndedWordOut(WordOut):
    """A word that chose the option until staff took it back. `ended_by` and `ended_at` say who did so and when."""

    ended_by: str | None
    ended_at: datetime | None


class OptionOut(BaseModel):
    """The label of an option in three languages, its current words, and its former words."""

    ar: str
    fr: str
    zgh: str
    also: list[WordOut]
    formerly: list[EndedWordOut]


class QuestionOut(BaseModel):
    """One question as staff wrote it, with the rule that decides its outcome."""

    position: int
    kind: str
    text: dict[str, str]
    options: list[OptionOut]
    rules: dict[str, Any]
    decides: str = Field(description="The rule that decides which options win, in words.")


class ConsultationPage(ConsultationOut):
    """A consultation with everything that staff check before they open it."""

    invited_only: bool
    asked: list[QuestionOut]
    messages: list[Weight] = Field(description="Every message as residents read it by SMS.")
    warnings: list[str] = Field(description="Messages of more than three SMS segments.")
