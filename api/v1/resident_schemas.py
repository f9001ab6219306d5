"""A resident's file as staff read it over the JSON API, and what they give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.region.lookup import InProvince

Number = Annotated[int, Field(ge=1, lt=2**63, description="of the resident's row")]


class RangeOut(BaseModel):
    """How many joined from a range of 10,000 numbers; none where they are fewer than ten."""

    range: str = Field(description="a number without its last four digits")
    today: int | None
    refused: int | None = Field(description="told to come back later today")
    before: int | None = Field(description="in the four weeks before")


class FindIn(BaseModel):
    """Whom to find: the number they ask from, or their chat. In a body, because addresses of requests are logged."""

    model_config = ConfigDict(extra="forbid")

    channel: Literal["sms", "telegram"] = "sms"
    address: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class AddressOut(BaseModel):
    """One way to reach them, masked."""

    channel: str
    masked: str = Field(description="the beginning and the last two digits; empty where it was erased")
    state: str = Field(description="active, erased, or gone: they left there, as by blocking the bot")


class SeatOut(BaseModel):
    """A seat at a meeting, or a place on its waiting list."""

    meeting: str
    starts_at: datetime
    state: str


class ConsentOut(BaseModel):
    """The newest of their consents."""

    granted: bool
    given_at: datetime


class ResidentOut(InProvince):
    """All that is known of a resident. What they chose is not here: nobody knows it."""

    number: int
    state: str
    language: str | None
    latin: bool
    province: str | None
    since: datetime
    addresses: list[AddressOut]
    consent: ConsentOut | None
    consultations: list[str] = Field(description="codes of the closed ones they took part in")
    follows: int
    ideas: list[int]
    seats: list[SeatOut]
    letters: list[int]
    assisting: bool = Field(description="they answer for others at this moment")


class MergeOut(BaseModel):
    """That two residents became one."""

    number: int
    stays: int
    went: int
    how: str
    channel: str
    merged_at: datetime
    can_be_undone: bool
    undone_at: datetime | None
    undone_by: str | None


class ActOut(BaseModel):
    """One line of the record of staff acts."""

    at: datetime
    who: str
    act: str
    subject: str
    about: str | None = Field(description="the word and the option, where a word was given or taken back")
