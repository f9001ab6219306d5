"""What staff write in the fields of JSON: texts and labels in three languages that messages can carry, and moments."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, StringConstraints

from api.clock import ZONE
from api.strict_model import StrictModel
from api.text import bidi
from api.wall_time import instant

_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")  # XML, and with it TwiML, or a terminal
DETAIL = 300  # characters of an option's longer text: by SMS it is read on request, in six parts at most
_ZONED = f"[{ZONE}]"
_WALL = re.compile(r"[1-9]\d{3}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?")


def speakable(text: str) -> str:
    """The text itself. Raises ValueError where it holds a sign that no message can carry."""
    if _UNSPEAKABLE.search(text):
        raise ValueError("a control character stands in this text: type it anew where it was pasted from")
    return text


def _on_the_wall(given: Any) -> Any:
    """What is said without an offset, or with the zone's name for one (RFC 9557): nobody need know Morocco's offset."""
    if not isinstance(given, str):
        return given
    shown = given.removesuffix(_ZONED)
    if _WALL.fullmatch(shown):
        return instant(datetime.fromisoformat(shown))
    if shown != given:
        raise ValueError(f"not a time like 2026-12-01T10:00{_ZONED}")
    return given


def _in_calendar(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("this moment is beyond the calendar") from None


def _on_one_line(given: Any) -> Any:
    return " ".join(bidi.strip(given).split()) if isinstance(given, str) else given


Clean = AfterValidator(speakable)
# Marks of direction come along with what is pasted, and turn around what stands beside a name in a table.
OneLine = BeforeValidator(_on_one_line)
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600), Clean]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), Clean]

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=40), Clean, OneLine]


class Words(StrictModel):
    """One text in the three languages; Tamazight in Tifinagh."""

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
    BeforeValidator(_on_the_wall),
    AfterValidator(_in_calendar),
    Field(description=f"Moroccan time, as 2026-12-01T10:00 or 2026-12-01T10:00{_ZONED}, or any with an offset"),
]
