"""What a vote decided: which proposals its options stand for reached the threshold."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import small
from api.consultations import content
from api.consultations.models import Answer, Ballot, Consultation
from api.results import counting, rounds


async def decided(session: AsyncSession, consultation: Consultation) -> dict[str, bool]:
    """Whether each reference of an option was chosen; nothing of questions that have no threshold, nor of a vote in
    which so few took part that nobody may know its counts: staff choose.

    The same rule as in the results that staff read. What stands in several questions is chosen where one of them says
    so.
    """
    ballots, _ = await counting.ballots(session, consultation.id)
    if small.too_few(ballots, consultation.smallest_count):
        return {}
    asked = [each for each in await content.read(session, consultation_id=consultation.id) if "threshold" in each.rules]
    found: dict[str, bool] = {}
    for question in asked:
        counts = await _counts(session, question.id)
        for option in question.options:
            if option.reference is not None:
                chosen = bool(rounds.chosen(question, counts, option.value))
                found[option.reference] = found.get(option.reference, False) or chosen
    return found


async def _counts(session: AsyncSession, question_id: int) -> dict[str, int]:
    """How many ballots hold each value of a question."""
    rows = await session.execute(
        select(Answer.value, func.count())
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(Answer.question_id == question_id)
        .group_by(Answer.value)
    )
    return {value: count for value, count in rows}  # noqa: C416 - a row is no pair to mypy
