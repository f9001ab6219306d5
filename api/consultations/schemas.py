"""Consultations as staff write them: JSON with every text in three languages, checked before anything is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints, model_validator

from api.consultations.answer_rules import LONGEST, WIDEST
from api.consultations.content import POINTS
from api.consultations.fields import Clean, DetailWords, LabelWords, Moment, Word, Words
from api.consultations.receipts.list_format import CHECKED, COUNTED
from api.consultations.voter_numbers import Numbers
from api.strict_model import StrictModel

_MOST = {"single": 9, "several": 12, "ranking": 9, "points": 9, "statements": 50}  # options of each kind
Receipts = Literal["checked", "counted"]
ALSO = 20  # words of one option beside its label
_FAR = 10**9  # for a number residents are asked for: its digits fit a button's key


class OptionIn(LabelWords):
    """One option: its label; in a vote on proposals, its longer text, and the proposal it stands for.

    `also` are words it is known by, too, in any language, as residents write them.
    """

    detail: DetailWords | None = None
    reference: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), Clean] | None = (
        None
    )
    also: list[Word] = Field([], max_length=ALSO, description="words that mean it, too, in any language")

    def label(self) -> dict[str, str]:
        """The label in the three languages."""
        return self.model_dump(include=set(LabelWords.model_fields))


class Rules(StrictModel):
    """What a kind needs: `low` and `high` of a scale or number, `least` and `most` choices, `longest` text.

    Of a vote: `total` points to share, statements a `sitting`, and the `threshold` from which an option counts as
    chosen, as in `decision.py`.
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


class QuestionIn(StrictModel):
    """One question."""

    kind: Literal["yes_no", "single", "several", "ranking", "scale", "number", "text", "place", "points", "statements"]
    text: Words
    options: list[OptionIn] = Field([])
    rules: Rules = Rules()

    @model_validator(mode="after")
    def _fits(self) -> QuestionIn:
        rules, count = self.rules, len(self.options)
        if self.kind in _MOST:
            if not 2 <= count <= _MOST[self.kind]:
                raise ValueError(f"this kind of question has 2 to {_MOST[self.kind]} options")
        elif count:
            raise ValueError(f"a {self.kind} question has no options of its own")
        if self.kind == "statements" and any(option.also for option in self.options):
            raise ValueError("a statement is answered with agree, disagree or pass: it has no other words")
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
        if self.kind == "ranking" and (rules.threshold or 0) > 100:  # percent
            raise ValueError("a ranking's threshold is a Borda share in percent: 100 at most")

    def kept_rules(self) -> dict[str, Any]:
        """The rules that were given."""
        return self.rules.model_dump(exclude_defaults=True)


class ConsultationIn(StrictModel):
    """A consultation to create. Five questions are the most by default: residents answer on feature phones."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,23}$")]
    title: LabelWords
    questions: list[QuestionIn] = Field(min_length=1, max_length=5)
    opens_at: Moment | None = Field(None, description="it opens by itself then; otherwise when staff say so")
    closes_at: Moment | None = None
    invited_only: bool = Field(False, description="on offer to those only whom a campaign asked")
    numbers: Numbers = Field("any", description="voters without a phone number: counted, shown apart, or not taken")
    receipts: Receipts | None = Field(
        None,
        description="what a receipt proves: `checked`, that the vote was counted as it was cast: the list ties it to "
        "its choices; `counted`, only that it counts, so that no vote can be sold. If it is left out: counted where "
        "points are shared, as money is, else checked. For votes on people, say counted",
    )

    @model_validator(mode="after")
    def _in_order(self) -> ConsultationIn:
        if self.opens_at is not None and self.closes_at is not None and self.closes_at <= self.opens_at:
            raise ValueError("it would close before it opens")
        return self

    def kept_receipts(self) -> str:
        """What a receipt proves, as was said or as is usual."""
        usual = COUNTED if any(each.kind == POINTS for each in self.questions) else CHECKED
        return self.receipts or usual


class Times(StrictModel):
    """When a consultation is to open and to close by itself; None: when staff say so."""

    opens_at: Moment | None = None
    closes_at: Moment | None = None


class ConsultationOut(BaseModel):
    """A consultation as it stands."""

    code: str
    title: dict[str, str]
    state: str
    receipts: str = Field(description="what they prove: `checked` or `counted`")
    smallest_count: int = Field(description="ballots below which it has no counts; set when it opens")
    questions: int
    numbers: str
    opens_at: datetime | None
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    cleaned_at: datetime | None  # closed, and nothing ties a ballot to a person: the list is published
