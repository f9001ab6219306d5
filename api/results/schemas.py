"""The results of a consultation as data."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.results.agents import AgentsShare


class Stances(BaseModel):
    """What was said of a statement. `consensus` is the share that agree among those who agree or disagree."""

    agree: int
    disagree: int
    passed: int = Field(description="said that they would rather not say")
    consensus: float | None = Field(description="from 0 to 1; none where nobody agrees or disagrees")


class AnswerCount(BaseModel):
    """How many ballots hold one value, in all and by group."""

    value: str
    label: dict[str, str] | None = Field(description="the option's text in each language; none for numbers and yes/no")
    count: int
    mean_rank: float | None = Field(description="rankings only: 1 is the first place")
    points: int | None = Field(None, description="shared points only: all that it was given; `count` gave it some")
    stances: Stances | None = Field(None, description="statements only; `count` said any of the three")
    consensus: dict[str, float | None] | None = Field(
        None, description="statements only: by province; none where fewer than 10 said so, or it could be worked out"
    )
    reference: str | None = Field(None, description="the proposal this option stands for")
    chosen: bool | None = Field(None, description="whether it reached the question's threshold, where there is one")
    by: dict[str, dict[str, int | None]] = Field(
        description="by province, language, channel, and who typed; none where fewer than 10 of a group answered, "
        "or it could be worked out"
    )


class QuestionResults(BaseModel):
    """One question. Free texts are counted, not listed: moderators read them."""

    position: int
    kind: str
    text: dict[str, str]
    values_given: int
    threshold: int | None = Field(None, description="votes, points or agreements from which an option is chosen")
    answers: list[AnswerCount]


class Results(BaseModel):
    """The counts of one consultation."""

    code: str
    title: dict[str, str]
    state: str
    ballots: int
    complete: int = Field(description="ballots whose voter came to the end")
    agents: AgentsShare | None = Field(
        None, description="ballots typed by agents; none where there are fewer than 10 ballots"
    )
    groups: dict[str, dict[str, int | None]] = Field(
        description="ballots by province, language, channel, and who typed; none where fewer than 10, "
        "or it could be worked out"
    )
    questions: list[QuestionResults]
