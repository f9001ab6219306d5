"""Changing what a proposal says, until a vote on it opens: from then on it stays as people vote on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Consultation, Option, Question
from api.consultations.service import DRAFT
from api.errors import Conflict
from api.proposals import service, transitions
from api.proposals.models import Proposal
from api.proposals.schemas import ProposalEdit
from api.security import rights


async def apply_edit(session: AsyncSession, code: str, given: ProposalEdit, *, who: str, now: datetime) -> Proposal:
    """Change what is given of a draft or a published proposal, and leave the rest.

    Drafts of votes on it hold its words: `workflows/vote_options.py` renews them too. Raises NotFound, Invalid where
    there is no such theme or province, or Conflict where a vote on it has opened.
    """
    found = await unvoted(session, code)
    found.state = transitions.next_state(transitions.PROPOSED, found.state, "edit")
    for name, value in given.changes().items():
        setattr(found, name, value)
    rights.within(found.province)  # where it goes, too
    service.note(session, found, "edit", who=who, now=now)
    await session.flush()
    return found


async def unvoted(session: AsyncSession, code: str) -> Proposal:
    """The proposal of this code, which nobody else changes, and no vote on which opens, until this transaction ends.

    Raises NotFound, or Conflict where a vote on it has opened. Votes are locked first, as closing one does.
    """
    asked = select(Question.consultation_id).join(Option, Option.question_id == Question.id)
    held = select(Consultation.id).where(Consultation.id.in_(asked.where(Option.reference == code)))
    await service.get(session, code)
    await session.execute(held.order_by(Consultation.id).with_for_update())
    found = await service.locked(session, code)
    opened = [vote for vote, state in await service.votes(session, code) if state != DRAFT]
    if opened:
        raise Conflict(f"the vote {opened[-1]} on {code} has opened: what people vote on stays as they read it")
    return found
