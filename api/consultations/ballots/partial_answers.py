"""Store partial answers: answers with too few choices for their question, stored beside the ballot until complete.

So every answer on a ballot obeys the rules of its question, and the results, the published list and the receipts agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.ballots import statements
from api.consultations.models import Answer, Ballot, PartialAnswer, Question
from api.db import dialect
from api.errors import NotOpen

Answers = dict[int, tuple[str, ...]]  # values in order, by question id


class BallotAnswers(NamedTuple):
    """The answers on a voter's ballot (`whole`), and the partial answers stored beside it."""

    whole: Answers
    partial: Answers


_HALF = -1  # the rank by which a query marks rows of partial answers


async def keep(session: AsyncSession, *, token: bytes, question_id: int, values: Sequence[str], now: datetime) -> None:
    """Store these values as a partial answer, replacing any earlier partial answer to the question.

    Raises NotOpen if the consultation takes no answers now.
    """
    row = {"voter": token, "question_id": question_id, "chosen": " ".join(values), "now": now}
    if (await session.execute(statements.upsert_partial(dialect(session)), row)).first() is None:
        raise NotOpen


async def ballot_answers(session: AsyncSession, *, consultation_id: int, token: bytes) -> BallotAnswers:
    """Return the answers on the voter's ballot and the partial answers beside it; one SQL statement reads both."""
    counted = (
        select(Answer.question_id, Answer.rank, Answer.value)
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(Ballot.consultation_id == consultation_id, Ballot.voter == token)
    )
    partial_rows = select(PartialAnswer.question_id, literal(_HALF).label("rank"), PartialAnswer.chosen).where(
        PartialAnswer.voter == token
    )
    both = union_all(counted, partial_rows).subquery()
    whole: Answers = {}
    partial: Answers = {}
    for question_id, rank, value in await session.execute(select(both).order_by(both.c.question_id, both.c.rank)):
        if rank == _HALF:
            partial[question_id] = tuple(value.split())
        else:
            whole[question_id] = (*whole.get(question_id, ()), value)
    return BallotAnswers(whole, partial)


async def drop(session: AsyncSession, *tokens: bytes, question_id: int | None = None) -> None:
    """Delete the partial answers of the voters with these tokens. With `question_id`, only those to this question."""
    of_question = () if question_id is None else (PartialAnswer.question_id == question_id,)
    await session.execute(delete(PartialAnswer).where(PartialAnswer.voter.in_(tokens), *of_question))


async def forget(session: AsyncSession, consultation_id: int) -> None:
    """Delete the partial answers of a consultation that closes, because nobody can complete them any more."""
    questions = select(Question.id).where(Question.consultation_id == consultation_id)
    await session.execute(delete(PartialAnswer).where(PartialAnswer.question_id.in_(questions)))
