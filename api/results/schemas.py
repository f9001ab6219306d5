"""The results of a consultation as data."""

from __future__ import annotations

from pydantic import BaseModel, Field


class AnswerCount(BaseModel):
    """How many ballots hold one value, in all and by group."""

    value: str
    label: dict[str, str] | None = Field(description="the option's text in each language; none for numbers and yes/no")
    count: int
    mean_rank: float | None = Field(description="rankings only: 1 is the first place")
    by: dict[str, dict[str, int]] = Field(description="by province, language and channel")


class QuestionResults(BaseModel):
    """One question. Free texts are counted, not listed: moderators read them."""

    position: int
    kind: str
    text: dict[str, str]
    values_given: int
    answers: list[AnswerCount]


class Results(BaseModel):
    """The counts of one consultation."""

    code: str
    title: dict[str, str]
    state: str
    ballots: int
    complete: int = Field(description="ballots whose voter came to the end")
    groups: dict[str, dict[str, int]] = Field(description="ballots by province, language and channel")
    questions: list[QuestionResults]
