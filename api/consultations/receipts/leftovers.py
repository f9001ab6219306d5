"""Anonymise consultations that an older release closed without removing facts about voters from the ballots."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.ballots import anonymise
from api.consultations.counts import breakdown
from api.consultations.models import Ballot, Consultation, ConsultationState


async def anonymise_leftovers(session: AsyncSession) -> int:
    """Store the groups of these consultations and rewrite their ballots, as closing does now; return how many there
    were.

    They are found by their ballots: after closing, only ballots that were never rewritten still have a channel.
    """
    unfinished = select(Ballot.consultation_id).where(Ballot.channel.is_not(None))
    closed = select(Consultation).where(Consultation.state == ConsultationState.CLOSED, Consultation.id.in_(unfinished))
    consultations = (await session.scalars(closed.order_by(Consultation.id).with_for_update())).all()
    for each in consultations:
        await breakdown.store(session, each)
        await anonymise.rewrite(session, each.id, on=(each.closed_at or each.created_at).date())
    return len(consultations)
