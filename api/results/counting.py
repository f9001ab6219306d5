"""The ballots of a consultation counted in SQL."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Answer, Ballot
from api.consultations.receipts.list_format import OWN_WORDS
from api.consultations.voter_numbers import counts_in
from api.consultations.words import own_words

Totals = dict[str, tuple[int, int]]  # value → how many chose it, and the sum of the ranks they gave it


async def totals(session: AsyncSession, consultation_id: int) -> dict[int, Totals]:
    """The totals of each question that anybody answered; once it is closed, of texts only their number."""
    rows = await session.execute(
        select(Answer.question_id, Answer.value, func.count(), func.sum(Answer.rank + 1))
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(counts_in(consultation_id))
        .group_by(Answer.question_id, Answer.value)
    )
    found: dict[int, Totals] = {}
    for question, value, count, ranks in rows:
        found.setdefault(question, {})[value] = count, int(ranks)
    written = await own_words.counts(session, consultation_id)
    return found | {question: {OWN_WORDS: (count, count)} for question, count in written.items()}


async def voters(session: AsyncSession, consultation_id: int) -> dict[int, int]:
    """How many ballots answer each question."""
    rows = await session.execute(
        select(Answer.question_id, func.count(Answer.ballot_id.distinct()))
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(counts_in(consultation_id))
        .group_by(Answer.question_id)
    )
    return dict(iter(rows))


async def ballots(session: AsyncSession, consultation_id: int) -> tuple[int, int]:
    """How many there are, and how many of them are complete."""
    counted = select(func.count(), func.count().filter(Ballot.complete))
    every, complete = (await session.execute(counted.where(counts_in(consultation_id)))).one()
    return every, complete
