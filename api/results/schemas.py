"""JSON schemas of the results of a consultation."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

Shown = Literal["final", "steps", "withheld", "live"]


class Stances(BaseModel):
    """How many people agree with a statement, disagree, or pass.

    `consensus` is the share that agrees, without the people who pass.
    """

    agree: int
    disagree: int
    passed: int = Field(description="Number of residents who passed.")
    consensus: float | None = Field(description="Share from 0 to 1; null if nobody agrees or disagrees.")


class AnswerCount(BaseModel):
    """The number of ballots with one value, overall and by group. Counts that may not be shown are null."""

    value: str
    label: dict[str, str] | None = Field(
        description="Text of the option in each language; null for numbers and for yes or no."
    )
    count: int | None = None
    mean_rank: float | None = Field(None, description="Rankings only: the mean rank. 1 is the first place.")
    points: int | None = Field(
        None,
        description="Points only: the sum of points. `count` is the number of voters who gave the option any points.",
    )
    stances: Stances | None = Field(
        None, description="Statements only: the number of each stance. `count` is their sum."
    )
    consensus: dict[str, float | None] | None = Field(
        None,
        description=(
            "Statements only: consensus by province; null if fewer than 10 residents took a stance, or if "
            "other counts would reveal it."
        ),
    )
    reference: str | None = Field(None, description="Code of the proposal that this option stands for.")
    chosen: bool | None = Field(
        None, description="Whether the option reached the question's threshold; null if there is no threshold."
    )
    tied: bool | None = Field(None, description="Whether another option has exactly the same support.")
    borda: float | None = Field(
        None, description="Rankings only: the Borda share in percent. 100 means first place on every ballot."
    )
    by: dict[str, dict[str, int | None]] = Field(
        description=(
            "Counts by province, language, channel, and person who typed; null if fewer than 10 people of a "
            "group answered, or if other counts would reveal the count."
        )
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
        None,
        description=(
            "Support that an option needs to be chosen: votes, points, agreements, or a Borda share in percent."
        ),
    )
    decides: str = Field("", description="The rule that decides which options are chosen, in words.")
    answers: list[AnswerCount]


class AgentsShare(BaseModel):
    """The number of ballots that agents typed, as a range, out of all ballots."""

    at_least: int = Field(description="Minimum number of ballots typed by agents, a multiple of `smallest_count`.")
    at_most: int
    of: int = Field(description="Number of all ballots, the same as `ballots`.")


class Results(BaseModel):
    """The counts of one consultation. `shown` says which kind of counts these are:

    final     after closing
    withheld  no counts, because too few people voted
    steps     while open: updated on the hour, if at least `smallest_count` ballots have changed
    live      exact at any time, as in demonstrations, where `smallest_count` is 1
    """

    code: str
    title: dict[str, str]
    state: str
    shown: Shown
    smallest_count: int
    ballots: int | None = Field(
        description=(
            "Number of ballots; a multiple of `smallest_count` if `shown` is `steps`; null if fewer than "
            "`smallest_count`."
        )
    )
    complete: int | None = Field(
        description="Number of ballots with every question answered; null if `shown` is `steps`."
    )
    agents: AgentsShare | None = Field(None, description="Ballots typed by agents; null if no counts are shown.")
    groups: dict[str, dict[str, int | None]] = Field(
        description=(
            "Number of ballots by province, language, channel, and person who typed; null if fewer than 10, "
            "or if other counts would reveal the count."
        )
    )
    questions: list[QuestionResults]
