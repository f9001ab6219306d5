"""Count a vote on proposals: points, stances and their consensus. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping

from api.consultations.option_values import AGREE, DISAGREE, PASS, option_of, points, value_for
from api.results.schemas import Stances

Counts = Mapping[str, int]  # ballot value → number of ballots with it


def points_of(counts: Counts, option: str) -> int:
    """The sum of the points for an option."""
    return sum(points(value) * count for value, count in counts.items() if option_of(value) == option)


def voters_of(counts: Counts, option: str) -> int:
    """How many ballots chose an option; no ballot has two values for one option."""
    return sum(count for value, count in counts.items() if option_of(value) == option)


def stances(counts: Counts, option: str) -> Stances:
    """How many agree, disagree and pass on a statement."""
    agree, disagree = counts.get(value_for(option, AGREE), 0), counts.get(value_for(option, DISAGREE), 0)
    return Stances(
        agree=agree,
        disagree=disagree,
        passed=counts.get(value_for(option, PASS), 0),
        consensus=share(agree, disagree),
    )


def share(agree: int | None, disagree: int | None) -> float | None:
    """The share that agrees among those who took either stance; None if nobody did, or if it is hidden."""
    if agree is None or disagree is None or not agree + disagree:
        return None
    return round(agree / (agree + disagree), 3)
