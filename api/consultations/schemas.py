"""Consultations as staff write them: JSON with every text in three languages, checked before anything is kept."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from api.consultations.answers import LONGEST, WIDEST

_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML, and with it TwiML, cannot hold these
_FAR = 10**9  # for a number residents are asked for: its digits fit a button's key


def _speakable(text: str) -> str:
    if _UNSPEAKABLE.search(text):
        raise ValueError("a control character stands in this text: type it anew where it was pasted from")
    return text


def _in_calendar(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("this moment is beyond the calendar") from None


_Clean = AfterValidator(_speakable)
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600), _Clean]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), _Clean]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Words(_Strict):
    """One text in the three languages; Tamazight in Tifinagh."""

    ar: Text
    fr: Text
    zgh: Text


class LabelWords(_Strict):
    """One short label in the three languages."""

    ar: Label
    fr: Label
    zgh: Label


class Rules(_Strict):
    """What a kind needs: `low` and `high` of a scale or number, `least` and `most` choices, `longest` text."""

    low: int | None = Field(None, ge=-_FAR, le=_FAR)
    high: int | None = Field(None, ge=-_FAR, le=_FAR)
    decimals: bool = False
    least: int | None = Field(None, ge=1)
    most: int | None = Field(None, ge=1)
    longest: int | None = Field(None, ge=1, le=LONGEST)


class QuestionIn(_Strict):
    """One question."""

    kind: Literal["yes_no", "single", "several", "ranking", "scale", "number", "text", "place"]
    text: Words
    options: list[LabelWords] = []
    rules: Rules = Rules()

    @model_validator(mode="after")
    def _fits(self) -> QuestionIn:
        rules, count = self.rules, len(self.options)
        if self.kind in ("single", "several", "ranking"):
            if not 2 <= count <= 9:
                raise ValueError("this kind of question has 2 to 9 options")
        elif count:
            raise ValueError(f"a {self.kind} question has no options of its own")
        if self.kind == "scale" and (
            rules.low is None or rules.high is None or not 1 <= rules.high - rules.low < WIDEST
        ):
            raise ValueError(f"a scale needs low and high, and at most {WIDEST} values")
        if rules.low is not None and rules.high is not None and rules.low >= rules.high:
            raise ValueError("low must be less than high")
        if (rules.least or 1) > (rules.most or max(count, 1)) or (rules.most or 0) > max(count, 1):
            raise ValueError("least and most do not fit the number of options")
        return self

    def kept_rules(self) -> dict[str, Any]:
        """The rules that were given."""
        return self.rules.model_dump(exclude_defaults=True)


class ConsultationIn(_Strict):
    """A consultation to create. Five questions are the most by default: residents answer on feature phones."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,23}$")]
    title: LabelWords
    questions: list[QuestionIn] = Field(min_length=1, max_length=5)
    closes_at: Annotated[AwareDatetime, AfterValidator(_in_calendar)] | None = None


class ConsultationOut(BaseModel):
    """A consultation as it stands."""

    code: str
    title: dict[str, str]
    state: str
    questions: int
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
