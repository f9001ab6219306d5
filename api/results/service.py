"""Counting a consultation's ballots: per option, and by groups of people, of which none is shown that is small."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import small
from api.consultations import content
from api.consultations import service as consultations
from api.consultations.answers import allowed
from api.consultations.content import QuestionContent
from api.consultations.models import Ballot
from api.consultations.numbers import counts_in
from api.results import agents, counting, rounds
from api.results.counting import Split
from api.results.schemas import AnswerCount, QuestionResults, Results

_UNCOUNTED = (content.TEXT,)  # texts are read, not counted


@dataclass(frozen=True, slots=True)
class _Asked:
    """The answers to one question divided one way, and the groups of which nothing is shown."""

    groups: dict[str, int]
    given: rounds.ByGroup
    unseen: frozenset[str]


async def results(session: AsyncSession, code: str) -> Results:
    """The counts of one consultation, complete and incomplete ballots alike, small groups hidden. Raises NotFound."""
    consultation = await consultations.get(session, code)
    questions = await content.read(session, consultation_id=consultation.id)
    ballots, complete = (
        await session.execute(
            select(func.count(), func.count().filter(Ballot.complete)).where(counts_in(consultation.id))
        )
    ).one()
    splits = {
        name: await counting.split(session, consultation.id, column)
        for name, column in counting.groups_of(consultation.numbers).items()
    }
    totals = await counting.totals(session, consultation.id)
    return Results(
        code=consultation.code,
        title=consultation.title,
        state=consultation.state,
        ballots=ballots,
        complete=complete,
        agents=await agents.share(session, consultation, ballots),
        groups={name: small.veiled(split.groups, split.groups, split.unseen) for name, split in splits.items()},
        questions=[
            _question(position, question, totals, splits) for position, question in enumerate(questions, start=1)
        ],
    )


def _question(
    position: int,
    question: QuestionContent,
    totals: Mapping[tuple[int, str], tuple[int, int]],
    splits: Mapping[str, Split],
) -> QuestionResults:
    given = {value: found for (number, value), found in totals.items() if number == question.id}
    values = tuple(option.value for option in question.options) or allowed(question)
    if not values and question.kind not in _UNCOUNTED:
        values = tuple(sorted(given, key=float))
    mine = {name: _of_question(split, question.id) for name, split in splits.items()}
    return QuestionResults(
        position=position,
        kind=question.kind,
        text=question.text,
        values_given=sum(count for count, _ in given.values()),
        threshold=question.rules.get("threshold"),
        answers=[_answer(question, value, given, mine) for value in values],
    )


def _of_question(split: Split, question_id: int) -> _Asked:
    given = {value: group for (number, value), group in split.given.items() if number == question_id}
    return _Asked(split.groups, given, small.hidden(split.asked.get(question_id, {}), also=split.unseen))


def _answer(
    question: QuestionContent,
    value: str,
    given: Mapping[str, tuple[int, int]],
    by: Mapping[str, _Asked],
) -> AnswerCount:
    """The counts of one value; of an option that values say something of, those of all of them together."""
    counts = {each: count for each, (count, _) in given.items()}
    option = next((each for each in question.options if each.value == value), None)
    return AnswerCount(
        value=value,
        label=option.label if option is not None else None,
        count=rounds.voters_of(counts, value),
        mean_rank=_mean_rank(question, given.get(value)),
        points=rounds.points_of(counts, value) if question.kind == content.POINTS else None,
        stances=rounds.stances(counts, value) if question.one_by_one else None,
        consensus=_consensus(by["province"], value) if question.one_by_one else None,
        reference=option.reference if option is not None else None,
        chosen=rounds.chosen(question, counts, value) if option is not None else None,
        by={
            name: small.veiled(rounds.voters_by_group(asked.given, value), asked.groups, asked.unseen)
            for name, asked in by.items()
        },
    )


def _consensus(asked: _Asked, value: str) -> dict[str, float | None]:
    return rounds.consensus(asked.given, value, also=asked.unseen)


def _mean_rank(question: QuestionContent, found: tuple[int, int] | None) -> float | None:
    if question.kind != content.RANKING or not found or not found[0]:
        return None
    return round(found[1] / found[0], 2)
