"""Counting a vote on proposals: points, stances and their consensus, and which options were chosen; pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from api import small
from api.consultations.content import POINTS, QuestionContent
from api.consultations.marks import AGREE, DISAGREE, PASS, mark, option_of, points
from api.results.schemas import Stances

Counts = Mapping[str, int]  # value of a ballot → how many ballots hold it
ByGroup = Mapping[str, Mapping[str, int]]  # value of a ballot → group → how many


def points_of(given: Counts, option: str) -> int:
    """All the points an option was given."""
    return sum(points(value) * count for value, count in given.items() if option_of(value) == option)


def voters_of(given: Counts, option: str) -> int:
    """How many ballots say something of an option: no ballot says two things of one."""
    return sum(count for value, count in given.items() if option_of(value) == option)


def voters_by_group(by_group: ByGroup, option: str) -> dict[str, int]:
    """How many ballots of each group say something of an option, whatever it is."""
    found: Counter[str] = Counter()
    for value, groups in by_group.items():
        if option_of(value) == option:
            found.update(groups)
    return dict(found)


def stances(given: Counts, option: str) -> Stances:
    """What was said of a statement."""
    agree, disagree = given.get(mark(option, AGREE), 0), given.get(mark(option, DISAGREE), 0)
    return Stances(
        agree=agree,
        disagree=disagree,
        passed=given.get(mark(option, PASS), 0),
        consensus=_share(agree, disagree),
    )


def consensus(by_group: ByGroup, option: str, *, also: Collection[str] = ()) -> dict[str, float | None]:
    """The share that agree in each group where anybody took a stance; None where it is hidden, here or `also`."""
    agree, disagree = by_group.get(mark(option, AGREE), {}), by_group.get(mark(option, DISAGREE), {})
    sizes = {group: agree.get(group, 0) + disagree.get(group, 0) for group in sorted({*agree, *disagree})}
    unseen = small.hidden(sizes, also=also)
    return {group: None if group in unseen else _share(agree.get(group, 0), disagree.get(group, 0)) for group in sizes}


def chosen(question: QuestionContent, given: Counts, option: str) -> bool | None:
    """Whether an option has the votes, points or agreements its question asks for; None where it asks for none.

    A statement also needs more who agree than who do not.
    """
    threshold = question.rules.get("threshold")
    if threshold is None:
        return None
    if question.one_by_one:
        found = stances(given, option)
        return found.agree >= threshold and found.agree > found.disagree
    support = points_of(given, option) if question.kind == POINTS else given.get(option, 0)
    return bool(support >= threshold)


def _share(agree: int, disagree: int) -> float | None:
    return round(agree / (agree + disagree), 3) if agree + disagree else None
