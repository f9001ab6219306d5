"""JSON schemas of the results of a consultation."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

Shown = Literal["final", "steps", "withheld", "live"]


class Stances(BaseModel):
    """How many people agree with a statement, disagree, or pass. `consensus` is the share that agrees.

    People who pass are not part of the share.
    """

    agree: int
    disagree: int
    passed: int = Field(description="chose to pass")
    consensus: float | None = Field(description="from 0 to 1; null if nobody agrees or disagrees")


class AnswerCount(BaseModel):
    """The number of ballots with one value, overall and by group. Counts that may not be shown are null."""

    value: str
    label: dict[str, str] | None = Field(description="the option's text in each language; null for numbers and yes/no")
    count: int | None = None
    mean_rank: float | None = Field(None, description="rankings only: 1 is the first place")
    points: int | None = Field(None, description="shared points only: the sum; `count` is how many voters gave it any")
    stances: Stances | None = Field(None, description="statements only; `count` is how many took any of the three")
    consensus: dict[str, float | None] | None = Field(
        None, description="statements only: by province; null if fewer than 10 took a stance, or others would reveal it"
    )
    reference: str | None = Field(None, description="the code of the proposal that is this option")
    chosen: bool | None = Field(None, description="whether it reached the question's threshold; null without one")
    tied: bool | None = Field(None, description="whether another option has exactly as much support")
    borda: float | None = Field(
        None, description="rankings only: points in percent of those for first place on every ballot"
    )
    by: dict[str, dict[str, int | None]] = Field(
        description="by province, language, channel, and who typed; null if fewer than 10 of a group answered, "
        "or other counts would reveal it"
    )


class QuestionResults(BaseModel):
    """The results of one question. Free texts are only counted here; `/answers` lists them after closing.

    While a consultation is open, counts are updated only in steps and come from a snapshot. `read_at` is the full hour
    of the snapshot, and `answered` the number of ballots in it. Both are null until enough people have answered.
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
    decides: str = Field("", description="the rule that chooses options, in words")
    answers: list[AnswerCount]


class AgentsShare(BaseModel):
    """The number of ballots that agents typed, as a range, out of all ballots."""

    at_least: int = Field(description="rounded down to steps of `smallest_count`")
    at_most: int
    of: int = Field(description="all ballots, the same number as `ballots`")


class Results(BaseModel):
    """The counts of one consultation. `shown` says which kind of counts these are.

    After closing they are `final`, or `withheld` (no counts) if too few people voted. While the consultation is open
    they are `steps`: updated only on the hour, and only if at least `smallest_count` ballots have changed. If
    `smallest_count` is 1, as in demonstrations, they are `live`: exact at any time.
    """

    code: str
    title: dict[str, str]
    state: str
    shown: Shown
    smallest_count: int
    ballots: int | None = Field(description="in whole steps if `shown` is `steps`; null if fewer than `smallest_count`")
    complete: int | None = Field(description="ballots answered to the end; null while counts move in steps")
    agents: AgentsShare | None = Field(None, description="ballots typed by agents; null if no counts are shown")
    groups: dict[str, dict[str, int | None]] = Field(
        description="ballots by province, language, channel, and who typed; null if fewer than 10, "
        "or other counts would reveal it"
    )
    questions: list[QuestionResults]
