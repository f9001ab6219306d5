"""The list of a consultation with `counted` receipts, which lists receipts and choices separately.

A `counted` receipt only proves that its ballot counts. Nobody can use it to prove a choice, not even a voter who was
paid. The list gives, for each option by itself, the number of ballots. A rare ranking, or a pattern of points agreed
with a voter, therefore identifies no ballot either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping

from sqlalchemy import case, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import content
from api.consultations.content import QuestionContent
from api.consultations.models import Answer, Ballot, Consultation, Superseded
from api.consultations.receipts.list_format import AT_A_TIME, COUNTED, OWN_WORDS, by_bytes, count, shown, sign

FORM = "sawt-receipts 2"


async def lines(session: AsyncSession, consultation: Consultation) -> AsyncIterator[str]:
    """Yield the list: a heading, each receipt in order, then how many ballots give each answer to each question."""
    yield f"{FORM} {consultation.code} {await count(session, consultation.id)}\n"
    async for receipt, standing in _receipts(session, consultation.id):
        yield f"{receipt} {standing}\n"
    questions = await content.read(session, consultation_id=consultation.id)
    totals = await _totals(session, consultation.id, questions)
    for place, question in enumerate(questions, start=1):
        for answer, how_many in sorted(totals.get(question.id, {}).items()):
            yield f"{place} {answer} {how_many}\n"


async def _receipts(session: AsyncSession, consultation_id: int) -> AsyncIterator[tuple[str, str]]:
    counted = select(Ballot.receipt, literal(COUNTED).label("standing"))
    superseded = select(Superseded.receipt, Superseded.why)
    every = union_all(
        counted.where(Ballot.consultation_id == consultation_id),
        superseded.where(Superseded.consultation_id == consultation_id),
    ).subquery()
    listed = select(every).order_by(by_bytes(session, every.c.receipt))
    stream = await session.stream(listed, execution_options={"yield_per": AT_A_TIME})
    async for rows in stream.partitions():
        for receipt, standing in rows:
            yield receipt, sign(standing)


async def _totals(
    session: AsyncSession, consultation_id: int, questions: tuple[QuestionContent, ...]
) -> Mapping[int, Mapping[str, int]]:
    """Return how many ballots give each answer, for each question id."""
    by_id = {each.id: each for each in questions}
    of_kind = {kind: [each.id for each in questions if each.kind == kind] for kind in (content.TEXT, content.RANKING)}
    value = case((Answer.question_id.in_(of_kind[content.TEXT]), literal(OWN_WORDS)), else_=Answer.value)
    # in a ranking, an answer is an option with its rank
    rank = case((Answer.question_id.in_(of_kind[content.RANKING]), Answer.rank + 1), else_=0)
    each = (
        select(Answer.question_id, value.label("value"), rank.label("rank"))
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(Ballot.consultation_id == consultation_id)
        .subquery()
    )
    columns = (each.c.question_id, each.c.value, each.c.rank)
    rows = await session.execute(select(*columns, func.count()).group_by(*columns))
    totals: dict[int, Counter[str]] = {}
    for question, chosen, place, how_many in rows:
        answer = shown(by_id[question], [chosen]) + (f"={place}" if place else "")
        totals.setdefault(question, Counter())[answer] += how_many
    return totals
