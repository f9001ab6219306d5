"""The results of a consultation as data."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from api.results.agents import AgentsShare

Shown = Literal["final", "steps", "withheld", "live"]


class Stances(BaseModel):
    """What was said of a statement. `consensus` is the share that agree among those who agree or disagree."""

    agree: int
    disagree: int
    passed: int = Field(description="said that they would rather not say")
    consensus: float | None = Field(description="from 0 to 1; none where nobody agrees or disagrees")


class AnswerCount(BaseModel):
    """How many ballots hold one value, in all and by group; no count where its question has none yet."""

    value: str
    label: dict[str, str] | None = Field(description="the option's text in each language; none for numbers and yes/no")
    count: int | None = None
    mean_rank: float | None = Field(None, description="rankings only: 1 is the first place")
    points: int | None = Field(None, description="shared points only: all that it was given; `count` gave it some")
    stances: Stances | None = Field(None, description="statements only; `count` said any of the three")
    consensus: dict[str, float | None] | None = Field(
        None, description="statements only: by province; none where fewer than 10 said so, or it could be worked out"
    )
    reference: str | None = Field(None, description="the proposal this option stands for")
    chosen: bool | None = Field(None, description="whether it reached the question's threshold, where there is one")
    tied: bool | None = Field(None, description="whether another option has exactly as much support")
    borda: float | None = Field(
        None, description="rankings only, in percent: of the points that first place on every ballot would give"
    )
    by: dict[str, dict[str, int | None]] = Field(
        description="by province, language, channel, and who typed; none where fewer than 10 of a group answered, "
        "or it could be worked out"
    )


class QuestionResults(BaseModel):
    """One question. Free texts are counted, not listed: `/answers` has them once it is closed.

    While counts move in steps, `read_at` is the full hour since which these stand, and `answered` how many ballots they
    are of; both are none as long as too few answered it.
    """

    position: int
    kind: str
    text: dict[str, str]
    values_given: int | None
    read_at: datetime | None = None
    answered: int | None = None
    threshold: int | None = Field(
        None, description="votes, points, agreements, or percent of a Borda share, from which an option is chosen"
    )
    decides: str = Field("", description="what chooses an option, in words")
    answers: list[AnswerCount]


class Results(BaseModel):
    """The counts of one consultation.

    `shown` says how: `final`, once it is closed; `steps`, while it is open: participation and counts as they stood at
    full hours, in steps of at least `smallest_count` ballots; `withheld`, as too few took part and it is closed; `live`
    and exact, where `smallest_count` is 1, as in demonstrations.
    """

    code: str
    title: dict[str, str]
    state: str
    shown: Shown
    smallest_count: int
    ballots: int | None = Field(description="in whole steps where `shown` says so; none: fewer than `smallest_count`")
    complete: int | None = Field(description="ballots whose voter came to the end; none while counts move in steps")
    agents: AgentsShare | None = Field(None, description="ballots typed by agents; none where no counts are shown")
    groups: dict[str, dict[str, int | None]] = Field(
        description="ballots by province, language, channel, and who typed; none where fewer than 10, "
        "or it could be worked out"
    )
    questions: list[QuestionResults]
