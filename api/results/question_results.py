"""The results of one question, out of what was counted; pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.consultations import content, decision
from api.consultations.answer_rules import allowed
from api.consultations.content import QuestionContent
from api.consultations.counts.breakdown import PROVINCE, Division
from api.consultations.decision import KINDS, Decided
from api.consultations.option_values import AGREE, DISAGREE, mark
from api.results import vote_counts
from api.results.schemas import AnswerCount, QuestionResults

Given = Mapping[str, Sequence[int]]  # value → how many chose it, and the sum of the ranks they gave it


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of a question. If at a full hour, `read_at` says when, and `answered` of how many ballots."""

    given: Given
    read_at: datetime | None = None
    answered: int | None = None
    voters: int = 0  # ballots that answer it, as far as they are counted here


def of_question(
    position: int, question: QuestionContent, counted: Counted | None, divisions: Mapping[str, Division]
) -> QuestionResults:
    """The counts of a question; its answers without counts where there is nothing to be shown."""
    given = counted.given if counted is not None else None
    stands = decision.decided(question, counted.given, counted.voters) if counted is not None else {}
    return QuestionResults(
        position=position,
        kind=question.kind,
        text=question.text,
        values_given=_values_given(question, counted),
        read_at=counted.read_at if counted is not None else None,
        answered=counted.answered if counted is not None else None,
        threshold=question.rules.get("threshold"),
        decides=decision.words(question),
        answers=[
            _stands(question, _answer(question, value, given, divisions), stands.get(value))
            for value in _values(question, given or {})
        ],
    )


def _values_given(question: QuestionContent, counted: Counted | None) -> int | None:
    if counted is None:
        return None
    if question.kind == content.TEXT and counted.answered is not None:
        return counted.answered
    return sum(count for count, _ in counted.given.values())


def _values(question: QuestionContent, given: Given) -> Sequence[str]:
    """The options, or the values on offer, or the numbers that were given. Texts are read, not counted."""
    found = tuple(option.value for option in question.options) or allowed(question)
    return found if found or question.kind == content.TEXT else sorted(given, key=float)


def _answer(
    question: QuestionContent, value: str, given: Given | None, divisions: Mapping[str, Division]
) -> AnswerCount:
    """The counts of one value; of an option that values say something of, those of all of them together."""
    option = next((each for each in question.options if each.value == value), None)
    made = AnswerCount(
        value=value,
        label=option.label if option is not None else None,
        reference=option.reference if option is not None else None,
        by={name: each.by(question.id, value) for name, each in divisions.items()},
    )
    if given is None:
        return made
    counts = {each: count for each, (count, _) in given.items()}
    made.count = vote_counts.voters_of(counts, value)
    made.mean_rank = _mean_rank(question, given.get(value))
    made.points = vote_counts.points_of(counts, value) if question.kind == content.POINTS else None
    if question.one_by_one:
        made.stances = vote_counts.stances(counts, value)
        made.consensus = _consensus(divisions[PROVINCE], question.id, value)
    return made


def _stands(question: QuestionContent, made: AnswerCount, found: Decided | None) -> AnswerCount:
    """With what decides: whether it is chosen, whether another has as much, and its Borda share."""
    if found is not None and question.kind in KINDS:
        made.chosen, made.tied = found.chosen, found.tied
        made.borda = round(float(found.support), 1) if question.kind == content.RANKING else None
    return made


def _consensus(division: Division, question: int, option: str) -> dict[str, float | None]:
    """The share that agree in each group where anybody took a stance; None where it is hidden."""
    agree, disagree = (division.voters.get((question, mark(option, each)), {}) for each in (AGREE, DISAGREE))
    return {group: vote_counts.share(yes, disagree.get(group)) for group, yes in agree.items()}


def _mean_rank(question: QuestionContent, found: Sequence[int] | None) -> float | None:
    if question.kind != content.RANKING or not found or not found[0]:
        return None
    return round(found[1] / found[0], 2)
