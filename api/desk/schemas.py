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

    province: MaybeProvince = Field(
        description="Province of the desk: its name, or its HCP code such as 01.571; '' for the Region's own desk."
    )


class LineOut(BaseModel):
    """One message in the thread of a letter."""

    kind: str = Field(description="`letter`: written by the author; `answer`: written by staff.")
    text: str
    at: datetime
    who: str | None = Field(description="Staff member who wrote the answer; null for the author's lines.")


class LetterOut(InProvince):
    """A letter with its thread. The author is identified only by a number."""

    number: int
    resident: int
    province: str = Field(description="HCP code of the desk that has the letter; '' is the Region's own desk.")
    language: str = Field(description="Language that the author chose.")
    state: str = Field(
        description="State of the letter: `open`, `answered` or `closed`. A new line from the author opens it again."
    )
    text: str = Field(description="Newest line from the author.")
    answer: str | None = Field(description="Newest answer.")
    lines: list[LineOut] = Field(description="The whole thread, oldest line first.")
    written_at: datetime
    waiting_since: datetime | None = Field(
        description="Time of the oldest line without an answer; null if none is unanswered."
    )
    answered_at: datetime | None
    closed_at: datetime | None
    who: str | None


class DeskOut(InProvince):
    """The number of letters of one desk in each state, and since when the oldest has waited."""

    province: str = Field(description="HCP code of the desk's province; '' is the Region's own desk.")
    open: int
    answered: int
    closed: int
    oldest: datetime | None = Field(
        description="Since when the oldest unanswered letter has waited; null if none waits."
    )
    days: int = Field(description="How many whole days the oldest unanswered letter has waited.")
