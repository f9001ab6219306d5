"""JSON schemas of consultations as staff write and read them, with every text in three languages."""

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

_MOST = {"single": 9, "several": 12, "ranking": 9, "points": 9, "statements": 50}  # maximum number of options by kind
Receipts = Literal["checked", "counted"]
ALSO = 20  # maximum number of other words for an option
_FAR = 10**9  # limit for numbers that residents are asked for, so that their digits fit into a button's key


class OptionIn(LabelWords):
    """One option, with its label. In a vote on proposals, it also has a longer text and the proposal's code.

    `also` has other words, in any language, with which residents can choose the option.
    """

    detail: DetailWords | None = None
    reference: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40), Clean] | None = (
        None
    )
    also: list[Word] = Field(
        [], max_length=ALSO, description="Other words, in any language, with which residents can choose the option."
    )

    def label(self) -> dict[str, str]:
        """Return the label in the three languages."""
        return self.model_dump(include=set(LabelWords.model_fields))


class Rules(StrictModel):
    """The limits of a question, such as `low` and `high` of a scale, or the `least` and `most` options to choose.

    `longest` is the maximum length of a text. In votes, `total` is the number of points to share, and `sitting` the
    number of statements before a break. An option is chosen if its support reaches `threshold`, as `decision.py`
    describes.
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
    """One question with its options and rules."""

    kind: Literal["yes_no", "single", "several", "ranking", "scale", "number", "text", "place", "points", "statements"]
    text: Words
    options: list[OptionIn] = Field([])
    rules: Rules = Rules()

    @model_validator(mode="after")
    def _check_kind(self) -> QuestionIn:
        rules, count = self.rules, len(self.options)
        if self.kind in _MOST:
            if not 2 <= count <= _MOST[self.kind]:
                raise ValueError(f"a {self.kind} question needs 2 to {_MOST[self.kind]} options")
        elif count:
            raise ValueError(f"a {self.kind} question cannot have options")
        if self.kind == "statements" and any(option.also for option in self.options):
            raise ValueError("a statement is answered with agree, disagree or pass: remove its words under 'also'")
        if self.kind == "scale" and (
            rules.low is None or rules.high is None or not 1 <= rules.high - rules.low < WIDEST
        ):
            raise ValueError(f"a scale needs 'low' and 'high', with 2 to {WIDEST} values between them")
        if rules.low is not None and rules.high is not None and rules.low >= rules.high:
            raise ValueError("'low' must be less than 'high'")
        most = 1 if self.kind == "single" else max(count, 1)
        if not (rules.least or 1) <= (rules.most or most) <= most:
            raise ValueError("'least' must not exceed 'most', and 'most' must not exceed the number of options")
        self._check_vote_rules()
        return self

    def _check_vote_rules(self) -> None:
        rules = self.rules
        if (self.kind == "points") != (rules.total is not None):
            raise ValueError("a points question needs a 'total'; no other kind of question can have one")
        if rules.total is not None and rules.total < (rules.least or 1):
            raise ValueError("'total' must be at least 'least', so that each required option can get one point")
        if self.kind == "statements" and (rules.least or rules.most):
            raise ValueError(
                "a statements question cannot have 'least' or 'most': residents answer as many statements as they like"
            )
        if rules.sitting is not None and self.kind != "statements":
            raise ValueError("only a statements question can have a 'sitting'")
        if rules.threshold is not None and self.kind not in _MOST:
            raise ValueError("a {self.kind} question cannot have a 'threshold'")
        if self.kind == "ranking" and (rules.threshold or 0) > 100:  # percent
            raise ValueError("the 'threshold' of a ranking is a Borda share in percent: it can be at most 100")

    def stored_rules(self) -> dict[str, Any]:
        """Return the rules that differ from their defaults."""
        return self.rules.model_dump(exclude_defaults=True)


class ConsultationIn(StrictModel):
    """A consultation to create. It can have at most five questions, because residents answer on simple phones."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,23}$")]
    title: LabelWords
    questions: list[QuestionIn] = Field(min_length=1, max_length=5)
    opens_at: Moment | None = Field(
        None, description="When the consultation opens automatically. Default: staff open it."
    )
    closes_at: Moment | None = None
    invited_only: bool = Field(False, description="Whether only residents invited by a campaign can take part.")
    numbers: Numbers = Field(
        "any",
        description=(
            "Voters without a phone number: `any` counts them, `apart` counts them separately, `required` "
            "does not count them."
        ),
    )
    receipts: Receipts | None = Field(
        None,
        description=(
            "What a receipt proves. `checked`: that the vote was counted as cast, because the published list "
            "shows its choices. `counted`: only that the vote counts, so that votes cannot be sold; use it "
            "for votes on people. Default: `counted` if a question shares points, otherwise `checked`."
        ),
    )

    @model_validator(mode="after")
    def _check_times(self) -> ConsultationIn:
        if self.opens_at is not None and self.closes_at is not None and self.closes_at <= self.opens_at:
            raise ValueError("the closing time is before the opening time")
        return self

    def receipt_mode(self) -> str:
        """Return what a receipt proves. If staff chose nothing, this is the default."""
        default = COUNTED if any(each.kind == POINTS for each in self.questions) else CHECKED
        return self.receipts or default


class Times(StrictModel):
    """The times at which a consultation opens and closes automatically; null if staff open or close it."""

    opens_at: Moment | None = None
    closes_at: Moment | None = None


class ConsultationOut(BaseModel):
    """A consultation, as staff see it."""

    code: str
    title: dict[str, str]
    state: str
    receipts: str = Field(description="What receipts prove: `checked` or `counted`.")
    smallest_count: int = Field(
        description="Minimum number of ballots for showing a count; set when the consultation opens."
    )
    questions: int
    numbers: str
    opens_at: datetime | None
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    cleaned_at: datetime | None  # when its last links to people were erased and the list was published
