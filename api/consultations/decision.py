"""Decide which options of a question are chosen, and describe that rule to staff: pure functions.

An option is chosen if its support reaches the question's threshold:

| kind of question | support of an option | unit of the threshold |
| --- | --- | --- |
| single, several | its votes | votes |
| points | the points it received | points |
| statements | people who agree | people; more must agree than disagree |
| ranking | its Borda share | percent |

Borda: with n options, the first on a ballot gets n - 1 points, the next n - 2, and so on. The last one gets 0, and so
do options left out. A share of 100 % is first place on every ballot. Options with equal support are tied: both are
chosen or neither.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from api.consultations.content import POINTS, RANKING, SEVERAL, SINGLE, STATEMENTS, QuestionContent
from api.consultations.option_values import AGREE, DISAGREE, option_of, points, value_for

ValueCounts = Mapping[str, Sequence[int]]  # value → number of ballots with it, sum of its ranks on them (from 1)

_WORDS = {
    SINGLE: "votes",
    SEVERAL: "votes",
    POINTS: "points",
    STATEMENTS: "agreements, if more residents agree than disagree",
}
KINDS = (*_WORDS, RANKING)  # kinds in which residents vote on options


class OptionResult(NamedTuple):
    """The result of one option. `support` is in percent for a ranking.

    `tied` says that another option has exactly as much support.
    """

    support: Fraction
    chosen: bool | None  # None: the question has no threshold, so staff choose
    tied: bool


def decide(question: QuestionContent, counts: ValueCounts, voters: int) -> dict[str, OptionResult]:
    """Return the result of each option, keyed by the option's value.

    `voters` is the number of ballots that answer the question.
    """
    supports = {option.value: support_of(question, counts, option.value, voters) for option in question.options}
    every = list(supports.values())
    return {
        value: OptionResult(
            support, _chosen(question, counts, value, support), support > 0 and every.count(support) > 1
        )
        for value, support in supports.items()
    }


def support_of(question: QuestionContent, counts: ValueCounts, option: str, voters: int) -> Fraction:
    """Return the support of an option: its votes, points, agreements, or Borda share in percent."""
    if question.kind == RANKING:
        ballots, ranks = counts.get(option, (0, 0))
        best = voters * (len(question.options) - 1)
        return Fraction(100 * (ballots * len(question.options) - ranks), best) if best else Fraction(0)
    if question.kind == POINTS:
        return Fraction(sum(points(value) * row[0] for value, row in counts.items() if option_of(value) == option))
    value = value_for(option, AGREE) if question.one_by_one else option
    return Fraction(counts.get(value, (0, 0))[0])


def rule_text(question: QuestionContent) -> str:
    """Return, in words, the rule that decides a question. Staff read it before the vote opens."""
    threshold = question.rules.get("threshold")
    if question.kind not in KINDS:
        return "answers are only counted: this question chooses nothing"
    if threshold is None:
        return "there is no threshold: staff choose"
    if question.kind == RANKING:
        return (
            f"an option is chosen if its Borda share is at least {threshold} %: 100 % means first on every "
            "ballot, 0 % means last or not ranked on every ballot; options with equal shares are either all "
            "chosen or all not chosen"
        )
    return f"an option is chosen if it has at least {threshold} {_WORDS[question.kind]}"


def _chosen(question: QuestionContent, counts: ValueCounts, option: str, support: Fraction) -> bool | None:
    threshold = question.rules.get("threshold")
    if threshold is None:
        return None
    against = counts.get(value_for(option, DISAGREE), (0, 0))[0] if question.one_by_one else 0
    return support >= threshold and (not question.one_by_one or support > against)
