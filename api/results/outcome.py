"""What a vote decided: which proposals its options stand for reached the threshold."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from api import suppression
from api.consultations import content, decision
from api.consultations.models import Consultation
from api.results import counting


async def decided(session: AsyncSession, consultation: Consultation) -> dict[str, bool]:
    """Whether each reference of an option was chosen; nothing of questions that have no threshold, nor of a vote in
    which so few took part that nobody may know its counts: staff choose.

    The same rule as in the results that staff read. What stands in several questions is chosen where one of them says
    so.
    """
    ballots, _ = await counting.ballots(session, consultation.id)
    if suppression.too_few(ballots, consultation.smallest_count):
        return {}
    totals, voters = await counting.totals(session, consultation.id), await counting.voters(session, consultation.id)
    found: dict[str, bool] = {}
    for question in await content.read(session, consultation_id=consultation.id):
        stands = decision.decided(question, totals.get(question.id, {}), voters.get(question.id, 0))
        for option in question.options:
            chosen = stands[option.value].chosen
            if option.reference is not None and chosen is not None:
                found[option.reference] = found.get(option.reference, False) or chosen
    return found
