"""Residents as staff read them, and the request bodies of staff actions on them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from api.region.lookup import InProvince
from api.strict_model import StrictModel

Number = Annotated[int, Field(ge=1, lt=2**63, description="The resident's number.")]


class RangeOut(BaseModel):
    """The number of people who joined from a range of 10,000 phone numbers. Counts from 1 to 9 are null."""

    range: str = Field(description="A phone number without its last four digits.")
    today: int | None
    refused: int | None = Field(description="Number of people refused today because too many joined from this range.")
    before: int | None = Field(description="Number of people who joined in the four weeks before today.")


class FindIn(StrictModel):
    """The phone number or chat of the resident to find. It is sent in the request's body, because URLs are logged."""

    channel: Literal["sms", "telegram"] = "sms"
    address: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64)]


class AddressOut(BaseModel):
    """An address of the resident (phone number or chat), masked."""

    channel: str
    masked: str = Field(description="First digits and last two digits of the address; empty if it was erased.")
    state: str = Field(
        description="`active`, `erased`, or `gone` (the resident left the channel, for example by blocking the bot)."
    )


class SeatOut(BaseModel):
    """A resident's seat at a meeting, or place on its waiting list."""

    meeting: str
    starts_at: datetime
    state: str


class ConsentOut(BaseModel):
    """The latest answer of the resident to the question whether Sawt may send messages."""

    granted: bool
    given_at: datetime


class ResidentOut(InProvince):
    """Everything known about a resident. There are no votes, because nobody can tell who cast which ballot."""

    number: int
    state: str
    language: str | None
    latin: bool
    province: str | None
    since: datetime
    addresses: list[AddressOut]
    consent: ConsentOut | None
    consultations: list[str] = Field(description="Codes of the closed consultations in which the resident took part.")
    follows: int
    ideas: list[int]
    seats: list[SeatOut]
    letters: list[int]
    assisting: bool = Field(description="Whether the resident is answering for other people as an agent at the moment.")


class UnmaskIn(StrictModel):
    """A request to see a resident's number in full: on which channel, and for what reason."""

    channel: Literal["sms", "telegram"] = "sms"
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=300)] = Field(
        description="Why the number must be seen. The record keeps the reason, so it must not contain the number."
    )


class UnmaskedOut(BaseModel):
    """A resident's number in full."""

    number: int = Field(description="The resident's number.")
    channel: str
    address: str
    until: datetime = Field(description="Time after which the number must no longer be shown.")


class UnmaskingOut(BaseModel):
    """One case in which somebody saw a resident's number in full: who, whose, when and why."""

    at: datetime
    who: str
    subject: str
    channel: str | None
    reason: str | None


class MergeOut(BaseModel):
    """A merge of two residents."""

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
    """One entry of the record of staff actions."""

    at: datetime
    who: str
    act: str
    subject: str
    about: str | None = Field(description="The word and the option, if a word was assigned or unassigned.")
