"""Counting a vote on proposals: points, stances and their consensus; pure functions."""

from __future__ import annotations

from collections.abc import Mapping

from api.consultations.option_values import AGREE, DISAGREE, PASS, mark, option_of, points
from api.results.schemas import Stances

Counts = Mapping[str, int]  # value of a ballot → how many ballots hold it


def points_of(given: Counts, option: str) -> int:
    """All the points an option was given."""
    return sum(points(value) * count for value, count in given.items() if option_of(value) == option)


def voters_of(given: Counts, option: str) -> int:
    """How many ballots say something of an option: no ballot says two things of one."""
    return sum(count for value, count in given.items() if option_of(value) == option)


def stances(given: Counts, option: str) -> Stances:
    """What was said of a statement."""
    agree, disagree = given.get(mark(option, AGREE), 0), given.get(mark(option, DISAGREE), 0)
    return Stances(
        agree=agree,
        disagree=disagree,
        passed=given.get(mark(option, PASS), 0),
        consensus=share(agree, disagree),
    )


def share(agree: int | None, disagree: int | None) -> float | None:
    """The share that agree among those who took either stance; None where nobody did, or it is hidden."""
    if agree is None or disagree is None or not agree + disagree:
        return None
    return round(agree / (agree + disagree), 3)
