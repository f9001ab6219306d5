"""Find milestones that are done but not announced yet. Each is announced once to the authors of the ideas behind it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments import rules
from api.commitments.models import Assessment, Commitment, Milestone


class DoneMilestone(NamedTuple):
    """A milestone that is done, and the commitment it belongs to."""

    milestone: Milestone
    commitment: Commitment


def unannounced() -> Select[Milestone, Commitment]:
    """Select the milestones that are done but not announced yet, each with its commitment."""
    newest = (
        select(Assessment.status)
        .where(
            Assessment.commitment_id == Milestone.commitment_id,
            Assessment.milestone_id == Milestone.id,
            Assessment.source == rules.OPERATIONAL,
        )
        .order_by(Assessment.id.desc())
        .limit(1)
        .correlate(Milestone)
        .scalar_subquery()
    )
    return (
        select(Milestone, Commitment)
        .join(Commitment, Commitment.id == Milestone.commitment_id)
        .where(Milestone.told_at.is_(None), newest == rules.DONE)
    )


async def take_newly_done(session: AsyncSession, *, now: datetime) -> list[DoneMilestone]:
    """Return the milestones that are done but not announced yet, and mark them as announced.

    Milestones locked by another transaction are skipped.
    """
    free = unannounced().order_by(Milestone.id).with_for_update(of=Milestone, skip_locked=True)
    done = [DoneMilestone(milestone, commitment) for milestone, commitment in await session.execute(free)]
    for each in done:
        each.milestone.told_at = now
    await session.flush()
    return done
