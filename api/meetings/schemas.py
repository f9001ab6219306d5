"""JSON schemas of meetings, as staff write and read them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from api.consultations.fields import LabelWords, Moment, speakable
from api.region.lookup import InProvince, Province, Theme
from api.strict_model import StrictModel

_MANY = 100_000
_LINES, _LETTERS = 3, 200  # of minutes, which must fit a few SMS

_Clean = AfterValidator(speakable)
Place = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), _Clean]
Minutes = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=_LETTERS), _Clean]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), _Clean]


class PlaceWords(StrictModel):
    """The name of a place in the three languages, short enough for an SMS."""

    ar: Place
    fr: Place
    zgh: Place


class Reason(StrictModel):
    """A short reason for cancelling a meeting, in the three languages."""

    ar: Why
    fr: Why
    zgh: Why


class MinutesWords(StrictModel):
    """Minutes of up to three lines, in the three languages."""

    ar: Minutes
    fr: Minutes
    zgh: Minutes

    @model_validator(mode="after")
    def _short(self) -> Self:
        if any(text.count("\n") >= _LINES for text in (self.ar, self.fr, self.zgh)):
            raise ValueError(f"minutes can have up to {_LINES} lines")
        return self


class When(StrictModel):
    """The start and end of a meeting. `place` is given only if it changes."""

    starts_at: Moment
    ends_at: Moment
    place: PlaceWords | None = None

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("the meeting ends before it begins")
        return self


class MeetingIn(When):
    """A meeting to plan. `consultation` is the code of a consultation through which people can also take part."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,23}$")]
    title: LabelWords
    place: PlaceWords
    seats: int = Field(ge=1, le=_MANY)
    province: Province = Field(description="Province: its name, or its HCP code such as 01.511.")
    languages: list[Literal["ar", "fr", "zgh"]] = Field(["ar"], min_length=1, max_length=3)
    theme: Theme | None = Field(None, description="Code or name of a theme; `sawt themes` lists them.")
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    consultation: str | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("a point on the map needs both 'latitude' and 'longitude'")
        return self


class MeetingOut(InProvince):
    """A meeting, with the number of seats taken and the number of people on the waiting list."""

    code: str
    number: int
    title: dict[str, str]
    place: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    state: str
    province: str
    languages: list[str]
    theme: str | None
    seats: int
    taken: int
    waiting: int
    attended: int | None = Field(description="Number of people who attended, registered or not; null if not recorded.")
    came: int = Field(description="Number of registered residents who attended.")
    absent: int = Field(description="Number of registered residents who did not attend.")
    minutes: dict[str, str] | None
    agreed: int
    disagreed: int


class Told(BaseModel):
    """The campaign that tells everyone registered about a change, and how many messages each channel sends."""

    meeting: str
    state: str
    campaign: int
    queued: dict[str, int]
    offers_consultation: bool | None = Field(
        description=(
            "Whether the message offers the meeting's consultation instead; false if the consultation is not "
            "open; null if the meeting has none."
        )
    )


class Cancelled(StrictModel):
    """The reason why a meeting is cancelled. It is sent to everyone registered, in their language."""

    reason: Reason | None = None


class Moved(When):
    """The new time of a meeting, and its new place if it moves."""


class Seats(StrictModel):
    """The new number of seats."""

    seats: int = Field(ge=1, le=_MANY)
