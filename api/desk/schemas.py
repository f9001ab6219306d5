"""JSON schemas of letters, as staff read and answer them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from api.consultations.fields import Text
from api.region.lookup import InProvince, MaybeProvince
from api.strict_model import StrictModel

State = Literal["open", "answered", "closed"]


class AnswerIn(StrictModel):
    """An answer to a letter, in the language of the letter."""

    text: Text


class AssignIn(StrictModel):
    """The desk to which a letter is assigned: a province's, or the Region's own."""

    province: MaybeProvince = Field(description="a name, or an HCP code like 01.571; '' for the Region's own desk")


class LineOut(BaseModel):
    """One message in the thread of a letter."""

    kind: str = Field(description="letter: by its author; answer: by the staff")
    text: str
    at: datetime
    who: str | None = Field(description="the member of staff")


class LetterOut(InProvince):
    """A letter with its thread. The author is identified only by a number."""

    number: int
    resident: int
    province: str = Field(description="HCP code of the desk that has it; '' is the Region's own")
    language: str = Field(description="the language its author chose")
    state: str = Field(description="open, answered or closed; a new line from its author opens it again")
    text: str = Field(description="the newest line from its author")
    answer: str | None = Field(description="the newest answer")
    lines: list[LineOut] = Field(description="the whole thread, in order")
    written_at: datetime
    waiting_since: datetime | None = Field(description="the time of the oldest line without an answer")
    answered_at: datetime | None
    closed_at: datetime | None
    who: str | None


class DeskOut(InProvince):
    """The number of letters of one desk in each state, and the time since which its oldest open letter has waited."""

    province: str = Field(description="HCP code; '' is the Region's own desk")
    open: int
    answered: int
    closed: int
    oldest: datetime | None = Field(description="since when its oldest waiting letter waits")
    days: int = Field(description="for how many whole days")
