"""Consultations as staff write them: JSON with every text in three languages, checked before anything is kept."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from api.clock import ZONE
from api.consultations.answers import LONGEST, WIDEST
from api.walltime import instant

_UNSPEAKABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # XML, and with it TwiML, cannot hold these
_MOST = {"single": 9, "several": 12, "ranking": 9, "points": 9, "statements": 50}  # options of each kind
DETAIL = 300  # characters of an option's longer text: by SMS it is read on request, in six parts at most
_ZONED = f"[{ZONE}]"
_WALL = re.compile(r"[1-9]\d{3}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?")
_FAR = 10**9  # for a number residents are asked for: its digits fit a button's key


def speakable(text: str) -> str:
    """The text itself. Raises ValueError where it holds a sign that no message can carry."""
    if _UNSPEAKABLE.search(text):
        raise ValueError("a control character stands in this text: type it anew where it was pasted from")
    return text


def _on_the_wall(given: Any) -> Any:
    """What is said with the zone's name instead of an offset (RFC 9557), so that nobody need know the offset."""
    if not isinstance(given, str) or not given.endswith(_ZONED):
        return given
    shown = given.removesuffix(_ZONED)
    if not _WALL.fullmatch(shown):
        raise ValueError(f"not a time like 2026-12-01T10:00{_ZONED}")
    return instant(datetime.fromisoformat(shown))


def _in_calendar(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("this moment is beyond the calendar") from None


_Clean = AfterValidator(speakable)
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


Detail = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=DETAIL), _Clean]


class DetailWords(_Strict):
    """The longer text of an option in the three languages."""

    ar: Detail
    fr: Detail
    zgh: Detail


class OptionIn(LabelWords):
    """One option: its label; in a vote on proposals, its longer text, and the proposal it stands for."""

    detail: DetailWords | None = None
    reference: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), _Clean] | None = (
        None
    )

    def label(self) -> dict[str, str]:
        """The label in the three languages."""
        return self.model_dump(include=set(LabelWords.model_fields))


class Rules(_Strict):
    """What a kind needs: `low` and `high` of a scale or number, `least` and `most` choices, `longest` text.

    Of a vote: `total` points to share, statements a `sitting`, and the `threshold` of votes (or points, or agreements)
    from which an option counts as chosen.
    """

    low: int | None = Field(None, ge=-_FAR, le=_FAR)
    high: int | None = Field(None, ge=-_FAR, le=_FAR)
    decimals: bool = False
    least: int | None = Field(None, ge=1)
    most: int | None = Field(None, ge=1)
    longest: int | None = Field(None, ge=1, le=LONGEST)
    total: int | None = Field(None, ge=2, le=100)
    sitting: int | None = Field(None, ge=1, le=20)
    threshold: int | None = Field(None, ge=1, le=_FAR)


class QuestionIn(_Strict):
    """One question."""

    kind: Literal["yes_no", "single", "several", "ranking", "scale", "number", "text", "place", "points", "statements"]
    text: Words
    options: list[OptionIn] = []
    rules: Rules = Rules()

    @model_validator(mode="after")
    def _fits(self) -> QuestionIn:
        rules, count = self.rules, len(self.options)
        if self.kind in _MOST:
            if not 2 <= count <= _MOST[self.kind]:
                raise ValueError(f"this kind of question has 2 to {_MOST[self.kind]} options")
        elif count:
            raise ValueError(f"a {self.kind} question has no options of its own")
        if self.kind == "scale" and (
            rules.low is None or rules.high is None or not 1 <= rules.high - rules.low < WIDEST
        ):
            raise ValueError(f"a scale needs low and high, and at most {WIDEST} values")
        if rules.low is not None and rules.high is not None and rules.low >= rules.high:
            raise ValueError("low must be less than high")
        most = 1 if self.kind == "single" else max(count, 1)
        if not (rules.least or 1) <= (rules.most or most) <= most:
            raise ValueError("least and most do not fit the number of options")
        self._votes()
        return self

    def _votes(self) -> None:
        rules = self.rules
        if (self.kind == "points") != (rules.total is not None):
            raise ValueError("points to share need a total, and only they have one")
        if rules.total is not None and rules.total < (rules.least or 1):
            raise ValueError("the total is less than a point for the least options")
        if self.kind == "statements" and (rules.least or rules.most):
            raise ValueError("statements are answered as far as one likes: no least, no most")
        if rules.sitting is not None and self.kind != "statements":
            raise ValueError("only statements come in sittings")
        if rules.threshold is not None and self.kind not in _MOST:
            raise ValueError("only options of a vote can reach a threshold")

    def kept_rules(self) -> dict[str, Any]:
        """The rules that were given."""
        return self.rules.model_dump(exclude_defaults=True)


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_on_the_wall),
    AfterValidator(_in_calendar),
    Field(description=f"as 2026-12-01T10:00{_ZONED}, which is Moroccan time, or with an offset"),
]


class ConsultationIn(_Strict):
    """A consultation to create. Five questions are the most by default: residents answer on feature phones."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,23}$")]
    title: LabelWords
    questions: list[QuestionIn] = Field(min_length=1, max_length=5)
    opens_at: Moment | None = Field(None, description="it opens by itself then; otherwise when staff say so")
    closes_at: Moment | None = None
    invited_only: bool = Field(False, description="on offer to those only whom a campaign asked")

    @model_validator(mode="after")
    def _in_order(self) -> ConsultationIn:
        if self.opens_at is not None and self.closes_at is not None and self.closes_at <= self.opens_at:
            raise ValueError("it would close before it opens")
        return self


class Times(BaseModel):
    """When a consultation is to open and to close by itself; None: when staff say so."""

    model_config = ConfigDict(extra="forbid")

    opens_at: Moment | None = None
    closes_at: Moment | None = None


class ConsultationOut(BaseModel):
    """A consultation as it stands."""

    code: str
    title: dict[str, str]
    state: str
    questions: int
    opens_at: datetime | None
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
