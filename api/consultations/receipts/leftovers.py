"""Anonymise consultations that an older release closed without removing facts about voters from the ballots."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.ballots import anonymise
from api.consultations.counts import breakdown
from api.consultations.models import Ballot, Consultation, ConsultationState


async def anonymise_leftovers(session: AsyncSession) -> int:
    """Anonymise the ballots that an older release left with facts about voters; return how many consultations had any.

    First the size of each group of voters is stored, as closing does now.
    """
    # after closing, only a ballot that was never rewritten has a channel
    unfinished = select(Ballot.consultation_id).where(Ballot.channel.is_not(None))
    closed = select(Consultation).where(Consultation.state == ConsultationState.CLOSED, Consultation.id.in_(unfinished))
    consultations = (await session.scalars(closed.order_by(Consultation.id).with_for_update())).all()
    for each in consultations:
        await breakdown.store(session, each)
        await anonymise.rewrite(session, each.id, on=(each.closed_at or each.created_at).date())
    return len(consultations)
