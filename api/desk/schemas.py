"""Letters as staff read and answer them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from api.consultations.fields import Text
from api.region.lookup import InProvince, MaybeProvince
from api.strict_model import StrictModel

State = Literal["open", "answered", "closed"]


class AnswerIn(StrictModel):
    """An answer, in the language the letter is in."""

    text: Text


class AssignIn(StrictModel):
    """Whose desk has it from now on."""

    province: MaybeProvince = Field(description="a name, or an HCP code like 01.571; '' for the Region's own desk")


class LineOut(BaseModel):
    """One line of a thread."""

    kind: str = Field(description="letter: its author's; answer: the staff's")
    text: str
    at: datetime
    who: str | None = Field(description="of the staff")


class LetterOut(InProvince):
    """A letter as it stands; who wrote it is only the number of their row."""

    number: int
    resident: int
    province: str = Field(description="HCP code of the desk that has it; '' is the Region's own")
    language: str = Field(description="the one they chose to be spoken to")
    state: str = Field(description="open, answered or closed; what its author adds opens it again")
    text: str = Field(description="their newest words")
    answer: str | None = Field(description="the newest answer")
    lines: list[LineOut] = Field(description="the whole thread, in order")
    written_at: datetime
    waiting_since: datetime | None = Field(description="the moment of the oldest words that nobody answered")
    answered_at: datetime | None
    closed_at: datetime | None
    who: str | None


class DeskOut(InProvince):
    """How one desk stands."""

    province: str = Field(description="HCP code; '' is the Region's own desk")
    open: int
    answered: int
    closed: int
    oldest: datetime | None = Field(description="since when the letter waits that waits longest")
    days: int = Field(description="whole days it waits")
