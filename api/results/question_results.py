"""Calculate the results of one question from its counts (pure functions)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.consultations import content, decision
from api.consultations.answer_rules import allowed
from api.consultations.content import QuestionContent
from api.consultations.counts.breakdown import PROVINCE, Division
from api.consultations.decision import KINDS, OptionResult, ValueCounts
from api.consultations.option_values import AGREE, DISAGREE, value_for
from api.results import vote_counts
from api.results.schemas import AnswerCount, QuestionResults


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of one question. `read_at` and `answered` are set only if the counts come from a snapshot.

    `read_at` is the full hour of the snapshot, and `answered` is the number of ballots in it.
    """

    values: ValueCounts
    read_at: datetime | None = None
    answered: int | None = None
    voters: int = 0  # ballots among those counted here that answer the question


def question_results(
    position: int, question: QuestionContent, counted: Counted | None, divisions: Mapping[str, Division]
) -> QuestionResults:
    """Return the results of a question. If `counted` is None, the results contain no counts."""
    values = counted.values if counted is not None else None
    results = decision.decide(question, counted.values, counted.voters) if counted is not None else {}
    return QuestionResults(
        position=position,
        kind=question.kind,
        text=question.text,
        values_given=_values_given(question, counted),
        read_at=counted.read_at if counted is not None else None,
        answered=counted.answered if counted is not None else None,
        threshold=question.rules.get("threshold"),
        decides=decision.rule_text(question),
        answers=[
            _with_result(question, _answer(question, value, values, divisions), results.get(value))
            for value in _values(question, values or {})
        ],
    )


def _values_given(question: QuestionContent, counted: Counted | None) -> int | None:
    if counted is None:
        return None
    if question.kind == content.TEXT and counted.answered is not None:
        return counted.answered
    return sum(count for count, _ in counted.values.values())


def _values(question: QuestionContent, counts: ValueCounts) -> Sequence[str]:
    """Return the answer values whose counts are listed."""
    values = tuple(option.value for option in question.options) or allowed(question)
    # free texts are counted but not listed; numbers are listed as people sent them
    return values if values or question.kind == content.TEXT else sorted(counts, key=float)


def _answer(
    question: QuestionContent, value: str, values: ValueCounts | None, divisions: Mapping[str, Division]
) -> AnswerCount:
    """Return the counts of one value."""
    option = next((each for each in question.options if each.value == value), None)
    answer = AnswerCount(
        value=value,
        label=option.label if option is not None else None,
        reference=option.reference if option is not None else None,
        by={name: each.by(question.id, value) for name, each in divisions.items()},
    )
    if values is None:
        return answer
    # an option is marked by several values, such as "12:5" and "12:3"
    counts = {each: count for each, (count, _) in values.items()}
    answer.count = vote_counts.voters_of(counts, value)
    answer.mean_rank = _mean_rank(question, values.get(value))
    answer.points = vote_counts.points_of(counts, value) if question.kind == content.POINTS else None
    if question.one_by_one:
        answer.stances = vote_counts.stances(counts, value)
        answer.consensus = _consensus(divisions[PROVINCE], question.id, value)
    return answer


def _with_result(question: QuestionContent, answer: AnswerCount, result: OptionResult | None) -> AnswerCount:
    """Return an answer with its outcome, such as whether it is chosen."""
    if result is not None and question.kind in KINDS:
        answer.chosen, answer.tied = result.chosen, result.tied
        answer.borda = round(float(result.support), 1) if question.kind == content.RANKING else None
    return answer


def _consensus(division: Division, question: int, option: str) -> dict[str, float | None]:
    """Return the share of each group that agrees; None for hidden groups."""
    agree, disagree = (division.voters.get((question, value_for(option, each)), {}) for each in (AGREE, DISAGREE))
    return {group: vote_counts.share(yes, disagree.get(group)) for group, yes in agree.items()}


def _mean_rank(question: QuestionContent, counts: Sequence[int] | None) -> float | None:
    if question.kind != content.RANKING or not counts or not counts[0]:
        return None
    return round(counts[1] / counts[0], 2)
