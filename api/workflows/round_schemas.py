"""A round as staff order it: which proposals, by which rule, from when to when."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from api.consultations.fields import LabelWords, Moment, Words
from api.consultations.schemas import Receipts
from api.consultations.voter_numbers import Numbers
from api.proposals.schemas import Code, Number
from api.strict_model import StrictModel

Kind = Literal["approve", "up_to", "ranking", "points", "statements"]


class Closing(StrictModel):
    """How a consultation is closed."""

    key_is_lost: bool = Field(
        False, description="its key in the vault is gone for good: only then it is closed without it being destroyed"
    )


class RoundWords(StrictModel):
    """What a round is called and what it asks; the usual words where none are given."""

    title: LabelWords | None = None
    question: Words | None = None


class RoundIn(RoundWords):
    """A vote on these proposals, in this order.

    `approve` any of them, choose `up_to` so many (`most`), put them in order (`ranking`), share `points` (a `total`),
    or agree, disagree or pass on each as `statements` (a `sitting` at a time). From `threshold` votes, points,
    agreements, or percent of a Borda share for `ranking`, on, a proposal is chosen; without one, staff say which are.
    """

    code: Code
    proposals: list[Number] = Field(min_length=2, max_length=50, description="numbers, as residents read them")
    kind: Kind
    most: int | None = Field(None, ge=1, le=50)
    total: int | None = Field(None, ge=2, le=100)
    sitting: int | None = Field(None, ge=1, le=20)
    threshold: int | None = Field(None, ge=1, le=10**9)
    numbers: Numbers = Field("any", description="as of a consultation: any, apart or required")
    opens_at: Moment | None = Field(None, description="it opens by itself then; otherwise when staff say so")
    closes_at: Moment | None = None
    receipts: Receipts | None = Field(
        None, description="what a receipt proves, as of every consultation; counted where points are shared"
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(set(self.proposals)) != len(self.proposals):
            raise ValueError("a proposal stands in a round once")
        if (self.kind == "up_to") != (self.most is not None):
            raise ValueError("up_to needs most, and only it has one")
        return self
