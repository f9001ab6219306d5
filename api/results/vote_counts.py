"""Count votes on proposals: points, voters, positions on statements, and the share that agrees (pure functions)."""

from __future__ import annotations

from collections.abc import Mapping

from api.consultations.option_values import AGREE, DISAGREE, PASS, option_of, points, value_for
from api.results.schemas import Stances

Counts = Mapping[str, int]  # ballot value → number of ballots with it


def points_of(counts: Counts, option: str) -> int:
    """Return the sum of the points that all ballots give to an option."""
    return sum(points(value) * count for value, count in counts.items() if option_of(value) == option)


def voters_of(counts: Counts, option: str) -> int:
    """Return how many ballots chose an option."""
    # no ballot has two values for one option
    return sum(count for value, count in counts.items() if option_of(value) == option)


def stances(counts: Counts, option: str) -> Stances:
    """Return how many people agree with a statement, disagree with it, and pass."""
    agree, disagree = counts.get(value_for(option, AGREE), 0), counts.get(value_for(option, DISAGREE), 0)
    return Stances(
        agree=agree,
        disagree=disagree,
        passed=counts.get(value_for(option, PASS), 0),
        consensus=share(agree, disagree),
    )


def share(agree: int | None, disagree: int | None) -> float | None:
    """Return the share that agrees, among the people who agree or disagree.

    Returns None if nobody agrees or disagrees, or if one of the two counts is hidden.
    """
    if agree is None or disagree is None or not agree + disagree:
        return None
    return round(agree / (agree + disagree), 3)
