"""Half an answer: choices gathered so far that are too few to count, kept beside the ballot until they are enough.

What a ballot holds keeps the rule of its question at every moment, so that results, the published list and receipts
agree about it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.ballots import statements
from api.consultations.models import Answer, Ballot, Half, Question
from api.db import dialect
from api.errors import NotOpen

Answers = dict[int, tuple[str, ...]]  # values in their order, by the number of their question

_HALF = -1  # as a rank: the row is half an answer


async def keep(session: AsyncSession, *, token: bytes, question_id: int, values: Sequence[str], now: datetime) -> None:
    """Keep these values as half an answer, in place of those before. Raises NotOpen where it is too late."""
    row = {"voter": token, "question_id": question_id, "chosen": " ".join(values), "now": now}
    if (await session.execute(statements.halving(dialect(session)), row)).first() is None:
        raise NotOpen


async def held(session: AsyncSession, *, consultation_id: int, token: bytes) -> tuple[Answers, Answers]:
    """What the voter's ballot holds, and the halves beside it; read in one statement."""
    counted = (
        select(Answer.question_id, Answer.rank, Answer.value)
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(Ballot.consultation_id == consultation_id, Ballot.voter == token)
    )
    begun = select(Half.question_id, literal(_HALF).label("rank"), Half.chosen).where(Half.voter == token)
    both = union_all(counted, begun).subquery()
    whole: Answers = {}
    half: Answers = {}
    for question_id, rank, value in await session.execute(select(both).order_by(both.c.question_id, both.c.rank)):
        if rank == _HALF:
            half[question_id] = tuple(value.split())
        else:
            whole[question_id] = (*whole.get(question_id, ()), value)
    return whole, half


async def drop(session: AsyncSession, *tokens: bytes, question_id: int | None = None) -> None:
    """Give up the halves of these voters: all of them, or that of one question."""
    these = () if question_id is None else (Half.question_id == question_id,)
    await session.execute(delete(Half).where(Half.voter.in_(tokens), *these))


async def forget(session: AsyncSession, consultation_id: int) -> None:
    """Destroy the halves of a consultation that closes: nothing can make them whole any more."""
    asked = select(Question.id).where(Question.consultation_id == consultation_id)
    await session.execute(delete(Half).where(Half.question_id.in_(asked)))
