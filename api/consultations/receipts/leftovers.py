"""Consultations that an older service closed: their ballots still said of whom they are, and are rewritten."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.ballots import anonymise
from api.consultations.counts import breakdown
from api.consultations.models import Ballot, Consultation
from api.consultations.service import CLOSED


async def take_away(session: AsyncSession) -> int:
    """Count the groups of each such consultation, and rewrite its ballots as closing does now; returns how many.

    Ballots of a closed consultation name a channel only if they were never rewritten so.
    """
    left = select(Ballot.consultation_id).where(Ballot.channel.is_not(None))
    closed = select(Consultation).where(Consultation.state == CLOSED, Consultation.id.in_(left))
    found = (await session.scalars(closed.order_by(Consultation.id).with_for_update())).all()
    for each in found:
        await breakdown.keep(session, each)
        await anonymise.rewrite(session, each.id, on=(each.closed_at or each.created_at).date())
    return len(found)
