"""JSON schemas of rounds (votes on proposals), as staff enter them: proposals, voting rule and times."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from api.consultations.fields import LabelWords, Moment, Words
from api.consultations.schemas import ConsultationOut, Receipts
from api.consultations.voter_numbers import Numbers
from api.proposals.schemas import Code, Number
from api.reasons import Reasoned
from api.strict_model import StrictModel

Kind = Literal["approve", "up_to", "ranking", "points", "statements"]


class Closing(Reasoned):
    """Options for closing a consultation."""

    key_is_lost: bool = Field(
        False, description="Close although the key in the vault is lost for good and cannot be destroyed."
    )


class ClosedOut(ConsultationOut):
    """A consultation that was just closed."""

    list_url: str = Field(description="Where its list of receipts is, or will be, published; empty without an address.")
    left_at_providers: int = Field(
        description="Messages that providers still keep, rounded up to tens; the service deletes them automatically."
    )


class RoundWords(StrictModel):
    """The title and the question of a round. Standard texts are used if they are omitted."""

    title: LabelWords | None = None
    question: Words | None = None


class RoundIn(RoundWords):
    """A vote on these proposals, which are offered in the given order.

    `kind` says how residents vote. With `approve`, they choose any number of proposals; with `up_to`, at most `most`.
    With `ranking`, they rank the proposals. With `points`, they share `total` points among them. With `statements`,
    they agree, disagree or pass on each, `sitting` proposals at a time. A proposal is chosen if it reaches the
    `threshold`: a number of votes, points or agreements, or for `ranking` a percentage of the Borda share. Without a
    threshold, staff choose.
    """

    code: Code
    proposals: list[Number] = Field(min_length=2, max_length=50, description="Numbers, as shown to residents.")
    kind: Kind
    most: int | None = Field(None, ge=1, le=50)
    total: int | None = Field(None, ge=2, le=100)
    sitting: int | None = Field(None, ge=1, le=20)
    threshold: int | None = Field(None, ge=1, le=10**9)
    numbers: Numbers = Field("any", description="As in a consultation: any, apart or required.")
    opens_at: Moment | None = Field(None, description="When it opens automatically; by default staff open it.")
    closes_at: Moment | None = None
    receipts: Receipts | None = Field(
        None, description="What a receipt proves, as in a consultation; `counted` for points."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(set(self.proposals)) != len(self.proposals):
            raise ValueError("a proposal appears twice")
        if (self.kind == "up_to") != (self.most is not None):
            raise ValueError("most is required for up_to and not allowed otherwise")
        return self
