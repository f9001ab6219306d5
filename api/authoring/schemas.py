"""Drafts of consultations over the JSON API: as they are written, and as residents will read them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from api.consultations.schemas import ConsultationOut
from api.consultations.sms_budget import Weight
from api.strict_model import StrictModel


class CloneIn(StrictModel):
    """The code of the copy."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,23}$")]


class WordOut(BaseModel):
    """A word that an option is known by beside its label; who gave it, and when, if its author did not."""

    word: str
    who: str | None
    at: datetime | None


class EndedWordOut(WordOut):
    """A word that was taken back: it means the option no more; who took it back, and when."""

    ended_by: str | None
    ended_at: datetime | None


class OptionOut(BaseModel):
    """The label of an option, its other words, and those that were taken back."""

    ar: str
    fr: str
    zgh: str
    also: list[WordOut]
    formerly: list[EndedWordOut]


class QuestionOut(BaseModel):
    """One question as staff wrote it, and what decides in words."""

    position: int
    kind: str
    text: dict[str, str]
    options: list[OptionOut]
    rules: dict[str, Any]
    decides: str = Field(description="what an option needs to be chosen, in words")


class ConsultationPage(ConsultationOut):
    """A consultation with all that is approved."""

    invited_only: bool
    asked: list[QuestionOut]
    messages: list[Weight] = Field(description="every message as a resident reads it by SMS")
    warnings: list[str] = Field(description="messages that take more than three segments")
