"""What chooses an option, by the kind of its question: the rule, and its words for staff; pure functions.

| kind | an option's support | chosen from the threshold on |
| --- | --- | --- |
| single, several | its votes | so many votes |
| points | the points it was given | so many points |
| statements | those who agree | so many, if more agree than disagree |
| ranking | its Borda share, in percent | so many percent |

Borda: of n options the first on a ballot gets n - 1 points, the next n - 2, the last and what is not ranked 0. The
share is of the points that first place on every ballot would give. Options of equal support are tied: both or neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from api.consultations.content import POINTS, RANKING, SEVERAL, SINGLE, STATEMENTS, QuestionContent
from api.consultations.option_values import AGREE, DISAGREE, mark, option_of, points

Given = Mapping[str, Sequence[int]]  # value → how many ballots hold it, and the sum of the ranks they gave it, from 1

_WORDS = {
    SINGLE: "votes",
    SEVERAL: "votes",
    POINTS: "points",
    STATEMENTS: "agreements, if more agree than disagree",
}
KINDS = (*_WORDS, RANKING)  # in which options are voted on


class Decided(NamedTuple):
    """How an option stands: its support (a ranking's in percent), whether it is chosen, whether another has as much."""

    support: Fraction
    chosen: bool | None  # None: the question has no threshold, staff choose
    tied: bool


def decided(question: QuestionContent, given: Given, voters: int) -> dict[str, Decided]:
    """How each option stands; `voters` is the number of ballots that answer the question."""
    found = {option.value: support(question, given, option.value, voters) for option in question.options}
    each = list(found.values())
    return {
        value: Decided(much, _chosen(question, given, value, much), much > 0 and each.count(much) > 1)
        for value, much in found.items()
    }


def support(question: QuestionContent, given: Given, option: str, voters: int) -> Fraction:
    """What counts for an option: votes, points, agreements, or the Borda share in percent."""
    if question.kind == RANKING:
        count, ranks = given.get(option, (0, 0))
        best = voters * (len(question.options) - 1)
        return Fraction(100 * (count * len(question.options) - ranks), best) if best else Fraction(0)
    if question.kind == POINTS:
        return Fraction(sum(points(value) * each[0] for value, each in given.items() if option_of(value) == option))
    value = mark(option, AGREE) if question.one_by_one else option
    return Fraction(given.get(value, (0, 0))[0])


def words(question: QuestionContent) -> str:
    """The rule in words, as staff read it before the vote opens."""
    threshold = question.rules.get("threshold")
    if question.kind not in KINDS:
        return "answers are counted; nothing is chosen"
    if threshold is None:
        return "no threshold: staff choose"
    if question.kind == RANKING:
        return (
            f"chosen from a Borda share of {threshold} % on: first place on every ballot would be 100 %, last place or "
            "none 0 %; equal shares are a tie, both chosen or neither"
        )
    return f"chosen from {threshold} {_WORDS[question.kind]}"


def _chosen(question: QuestionContent, given: Given, option: str, much: Fraction) -> bool | None:
    threshold = question.rules.get("threshold")
    if threshold is None:
        return None
    against = given.get(mark(option, DISAGREE), (0, 0))[0] if question.one_by_one else 0
    return much >= threshold and (not question.one_by_one or much > against)
