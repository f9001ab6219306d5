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
        False,
        description="Close the consultation although its key in the vault is lost and therefore cannot be destroyed.",
    )


class ClosedOut(ConsultationOut):
    """A consultation that was just closed."""

    list_url: str = Field(
        description="URL at which the list of receipts is or will be published; empty if SAWT_PUBLIC_URL is not set."
    )
    left_at_providers: int = Field(
        description=(
            "Number of messages that providers still keep, rounded up to tens. The service deletes them automatically."
        )
    )


class RoundWords(StrictModel):
    """The title and the question of a round. Standard texts are used if they are omitted."""

    title: LabelWords | None = None
    question: Words | None = None


class RoundIn(RoundWords):
    """A vote on these proposals, offered in the given order.

    `kind` says how residents vote:

        approve     choose any number of proposals
        up_to       choose at most `most` proposals
        ranking     rank the proposals
        points      share `total` points among the proposals
        statements  agree, disagree or pass on each, `sitting` proposals at a time

    A proposal is chosen if it reaches the `threshold`, a number of votes, points or agreements. For `ranking`, it is a
    percentage of the Borda share. Without a threshold, staff choose.
    """

    code: Code
    proposals: list[Number] = Field(
        min_length=2, max_length=50, description="Numbers of the proposals, as residents see them."
    )
    kind: Kind
    most: int | None = Field(None, ge=1, le=50)
    total: int | None = Field(None, ge=2, le=100)
    sitting: int | None = Field(None, ge=1, le=20)
    threshold: int | None = Field(None, ge=1, le=10**9)
    numbers: Numbers = Field(
        "any",
        description=(
            "Voters without a phone number: `any` counts them, `apart` counts them separately, `required` "
            "does not count them."
        ),
    )
    opens_at: Moment | None = Field(None, description="When the vote opens automatically. Default: staff open it.")
    closes_at: Moment | None = None
    receipts: Receipts | None = Field(
        None,
        description=(
            "What a receipt proves: `checked` or `counted`, as in a consultation. Default: `counted` for "
            "`points`, otherwise `checked`."
        ),
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(set(self.proposals)) != len(self.proposals):
            raise ValueError("the same proposal is listed twice")
        if (self.kind == "up_to") != (self.most is not None):
            raise ValueError("'most' is required for the kind 'up_to' and not allowed for other kinds")
        return self
