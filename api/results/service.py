"""Counting a consultation's ballots: per option, and by province, language and channel; one statement a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import places
from api.consultations import content
from api.consultations import service as consultations
from api.consultations.answers import allowed
from api.consultations.content import QuestionContent
from api.consultations.models import Answer, Ballot
from api.results.schemas import AnswerCount, QuestionResults, Results

_GROUPS: Mapping[str, ColumnElement[Any]] = {
    "province": func.coalesce(Ballot.province, ""),
    "language": Ballot.language.expression,
    "channel": Ballot.channel.expression,
}
_UNCOUNTED = (content.TEXT,)  # texts are read, not counted


async def results(session: AsyncSession, code: str) -> Results:
    """The counts of one consultation, complete and incomplete ballots alike. Raises NotFound."""
    consultation = await consultations.get(session, code)
    questions = await content.read(session, consultation_id=consultation.id)
    ballots, complete = (
        await session.execute(
            select(func.count(), func.count().filter(Ballot.complete)).where(Ballot.consultation_id == consultation.id)
        )
    ).one()
    groups = {name: await _group(session, consultation.id, column) for name, column in _GROUPS.items()}
    answers = {name: await _answers(session, consultation.id, column) for name, column in _GROUPS.items()}
    totals = await _totals(session, consultation.id)
    return Results(
        code=consultation.code,
        title=consultation.title,
        state=consultation.state,
        ballots=ballots,
        complete=complete,
        groups=groups,
        questions=[
            _question(position, question, totals, answers) for position, question in enumerate(questions, start=1)
        ],
    )


async def _group(session: AsyncSession, consultation_id: int, column: ColumnElement[Any]) -> dict[str, int]:
    rows = await session.execute(
        select(column, func.count()).where(Ballot.consultation_id == consultation_id).group_by(column).order_by(column)
    )
    return {_named(key): count for key, count in rows}


async def _totals(session: AsyncSession, consultation_id: int) -> dict[tuple[int, str], tuple[int, int]]:
    """(question, value) → how many chose it, and the sum of the ranks they gave it."""
    rows = await session.execute(
        select(Answer.question_id, Answer.value, func.count(), func.sum(Answer.rank + 1))
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(Ballot.consultation_id == consultation_id)
        .group_by(Answer.question_id, Answer.value)
    )
    return {(question, value): (count, int(ranks)) for question, value, count, ranks in rows}


async def _answers(
    session: AsyncSession, consultation_id: int, column: ColumnElement[Any]
) -> dict[tuple[int, str], dict[str, int]]:
    rows = await session.execute(
        select(Answer.question_id, Answer.value, column, func.count())
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(Ballot.consultation_id == consultation_id)
        .group_by(Answer.question_id, Answer.value, column)
    )
    found: dict[tuple[int, str], dict[str, int]] = {}
    for question, value, group, count in rows:
        found.setdefault((question, value), {})[_named(group)] = count
    return found


def _question(
    position: int,
    question: QuestionContent,
    totals: Mapping[tuple[int, str], tuple[int, int]],
    answers: Mapping[str, Mapping[tuple[int, str], dict[str, int]]],
) -> QuestionResults:
    given = {value: found for (number, value), found in totals.items() if number == question.id}
    labels = {option.value: option.label for option in question.options}
    values = allowed(question) or (() if question.kind in _UNCOUNTED else sorted(given, key=float))
    counts = [
        AnswerCount(
            value=value,
            label=labels.get(value),
            count=given.get(value, (0, 0))[0],
            mean_rank=_mean_rank(question, given.get(value)),
            by={name: group.get((question.id, value), {}) for name, group in answers.items()},
        )
        for value in values
    ]
    answered = sum(count for count, _ in given.values())
    return QuestionResults(
        position=position, kind=question.kind, text=question.text, values_given=answered, answers=counts
    )


def _mean_rank(question: QuestionContent, found: tuple[int, int] | None) -> float | None:
    if question.kind != content.RANKING or not found or not found[0]:
        return None
    return round(found[1] / found[0], 2)


def _named(key: str) -> str:
    place = places.province(key)
    return place.fr if place is not None else key or "—"
