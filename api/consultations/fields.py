"""Field types of the JSON that staff write: texts and labels in three languages, and times."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

from api.clock import ZONE
from api.strict_model import StrictModel
from api.text import bidi
from api.wall_time import instant

_UNSPEAKABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]"
)  # characters that XML (and so TwiML) does not allow, or that are unsafe in a terminal
DETAIL = 300  # maximum characters of an option's longer text, which SMS sends on request, in at most six segments
_ZONED = f"[{ZONE}]"
_WALL = re.compile(r"[1-9]\d{3}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?")


def speakable(text: str) -> str:
    """Return the text unchanged. Raises ValueError if it contains a character that a message cannot contain."""
    if _UNSPEAKABLE.search(text):
        raise ValueError("the text contains a control character: type it instead of pasting it")
    return text


def _parse_local_time(value: Any) -> Any:
    """Parse a time in Morocco, written without an offset or with the zone's name (RFC 9557)."""
    # other values are left to pydantic
    if not isinstance(value, str):
        return value
    local = value.removesuffix(_ZONED)
    if _WALL.fullmatch(local):
        return instant(datetime.fromisoformat(local))
    if local != value:
        raise ValueError(f"write the time as 2026-12-01T10:00{_ZONED}")
    return value


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("the year is out of range") from None


def _on_one_line(value: Any) -> Any:
    return " ".join(bidi.strip(value).split()) if isinstance(value, str) else value


Clean = AfterValidator(speakable)
# Pasted text brings direction marks along, which would reverse the text next to a name in a table.
OneLine = BeforeValidator(_on_one_line)
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600), Clean]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), Clean]

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=40), Clean, OneLine]


class Words(StrictModel):
    """One text in the three languages. The Tamazight text is in Tifinagh script."""

    ar: Text
    fr: Text
    zgh: Text


class LabelWords(StrictModel):
    """One short label in the three languages."""

    ar: Label
    fr: Label
    zgh: Label


Detail = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=DETAIL), Clean]


class DetailWords(StrictModel):
    """The longer text of an option in the three languages."""

    ar: Detail
    fr: Detail
    zgh: Detail


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_parse_local_time),
    AfterValidator(_to_utc),
    Field(description=f"Moroccan time (2026-12-01T10:00 or 2026-12-01T10:00{_ZONED}), or any time with an offset"),
]
