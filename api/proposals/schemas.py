"""Ideas and proposals as staff write them, and the request bodies of staff actions on them."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from api.consultations.fields import LabelWords, Words
from api.region.lookup import Province, Theme
from api.strict_model import StrictModel

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,23}$")]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Number = Annotated[int, Field(ge=1, lt=2**31)]


class Publish(StrictModel):
    """The text to publish for an idea. If `text` is missing, it is the text that the author wrote."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)] | None = None


class Merge(StrictModel):
    """The number of the idea to merge into."""

    into: Number


class ReasonWords(StrictModel):
    """A reason for declining an idea, in the three languages."""

    ar: Sentence
    fr: Sentence
    zgh: Sentence


class Decline(StrictModel):
    """The reason for declining an idea: the name of a standard `reason`, or other `words` in three languages."""

    reason: str | None = Field(None, max_length=24)
    words: ReasonWords | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.reason is None) == (self.words is None):
            raise ValueError("give either 'reason', the name of a standard reason, or 'words' in three languages")
        return self


class AnswerWords(StrictModel):
    """The Council's official answer, in the three languages."""

    ar: Paragraph
    fr: Paragraph
    zgh: Paragraph


class Answer(StrictModel):
    """The Council's official answer to a proposal."""

    words: AnswerWords


class Commit(StrictModel):
    """The commitment that a proposal became part of: the code of its plan, and its number in that plan."""

    plan: Annotated[str, StringConstraints(min_length=1, max_length=24)]
    number: Number


class ProposalIn(StrictModel):
    """A proposal to save as a draft. `ideas` are idea numbers. Without a province it concerns the whole Region."""

    code: Code
    title: LabelWords
    text: Words
    theme: Theme
    province: Province | None = None
    ideas: list[Number] = Field([], max_length=50)


class ProposalEdit(StrictModel):
    """The fields of a proposal to change; omitted fields do not change. A null province means the whole Region."""

    title: LabelWords | None = None
    text: Words | None = None
    theme: Theme | None = None
    province: Province | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.changes():
            raise ValueError("there is nothing to change: give 'title', 'text', 'theme' or 'province'")
        return self

    def changes(self) -> dict[str, Any]:
        """Return the fields to change, by name. Null values are left out, except for the province."""
        fields = self.model_dump(exclude_unset=True)
        return {name: value for name, value in fields.items() if value is not None or name == "province"}
