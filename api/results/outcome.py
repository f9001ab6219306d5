"""The outcome of a vote: which of the proposals among its options were chosen."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from api import suppression
from api.consultations import content, decision
from api.consultations.models import Consultation
from api.results import counting


async def chosen_references(session: AsyncSession, consultation: Consultation) -> dict[str, bool]:
    """Return whether a vote chose each of its proposals, by the proposal's code.

    If a question has no threshold, staff choose, so its proposals are left out. If too few people voted to show any
    count, the result is empty. If a proposal is in several questions, one that chooses it is enough.
    """
    ballots = (await counting.ballots(session, consultation.id)).cast
    if suppression.too_few(ballots, consultation.smallest_count):
        return {}
    totals, voters = await counting.totals(session, consultation.id), await counting.voters(session, consultation.id)
    chosen_by_reference: dict[str, bool] = {}
    for question in await content.read(session, consultation_id=consultation.id):
        results = decision.decide(question, totals.get(question.id, {}), voters.get(question.id, 0))
        for option in question.options:
            chosen = results[option.value].chosen
            if option.reference is not None and chosen is not None:
                chosen_by_reference[option.reference] = chosen_by_reference.get(option.reference, False) or chosen
    return chosen_by_reference
