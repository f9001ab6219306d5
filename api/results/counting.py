"""Count the ballots of a consultation in SQL."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Answer, Ballot
from api.consultations.receipts.list_format import OWN_WORDS
from api.consultations.voter_numbers import counts_in
from api.consultations.words import own_words

Totals = dict[str, tuple[int, int]]  # value → number of ballots with it, sum of its ranks on them


class BallotCounts(NamedTuple):
    """The number of ballots in a consultation, and how many of them are complete."""

    cast: int
    complete: int


async def totals(session: AsyncSession, consultation_id: int) -> dict[int, Totals]:
    """Count the ballots with each answer value, and add up its ranks, by question id.

    For free texts of a closed consultation, only the number of texts is counted.
    """
    rows = await session.execute(
        select(Answer.question_id, Answer.value, func.count(), func.sum(Answer.rank + 1))
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(counts_in(consultation_id))
        .group_by(Answer.question_id, Answer.value)
    )
    by_question: dict[int, Totals] = {}
    for question, value, count, ranks in rows:
        by_question.setdefault(question, {})[value] = count, int(ranks)
    text_counts = await own_words.counts(session, consultation_id)
    return by_question | {question: {OWN_WORDS: (count, count)} for question, count in text_counts.items()}


async def voters(session: AsyncSession, consultation_id: int) -> dict[int, int]:
    """Count the ballots that answer each question, by question id."""
    rows = await session.execute(
        select(Answer.question_id, func.count(Answer.ballot_id.distinct()))
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(counts_in(consultation_id))
        .group_by(Answer.question_id)
    )
    return dict(iter(rows))


async def ballots(session: AsyncSession, consultation_id: int) -> BallotCounts:
    """Return how many ballots count in a consultation, and how many of them are complete."""
    query = select(func.count(), func.count().filter(Ballot.complete))
    cast, complete = (await session.execute(query.where(counts_in(consultation_id)))).one()
    return BallotCounts(cast, complete)
