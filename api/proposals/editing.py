"""Edit a proposal. This is possible until a vote on it opens."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Consultation, ConsultationState, Option, Question
from api.errors import Conflict
from api.proposals import service
from api.proposals.models import Proposal
from api.proposals.schemas import ProposalEdit
from api.proposals.transitions import PROPOSAL_TRANSITIONS, next_state
from api.security import rights


async def apply_edit(session: AsyncSession, code: str, data: ProposalEdit, *, who: str, now: datetime) -> Proposal:
    """Change the given fields of a draft or published proposal.

    Use it through `workflows/vote_options.py`, which also updates the copies of the text in drafts of votes. Raises
    NotFound, Invalid if there is no such theme or province, or Conflict if a vote on the proposal has opened.
    """
    proposal = await lock_unvoted(session, code)
    proposal.state = next_state(proposal.state, "edit", PROPOSAL_TRANSITIONS)
    for name, value in data.changes().items():
        setattr(proposal, name, value)
    rights.within(proposal.province)  # staff need the right in the new province too
    service.note(session, proposal, "edit", who=who, now=now)
    await session.flush()
    return proposal


async def lock_unvoted(session: AsyncSession, code: str) -> Proposal:
    """Lock a proposal and the votes on it, so that no vote opens until this transaction ends.

    Votes are locked before the proposal, in the same order as when a vote closes. Raises NotFound, or Conflict if a
    vote on the proposal has opened.
    """
    questions = select(Question.consultation_id).join(Option, Option.question_id == Question.id)
    votes = select(Consultation.id).where(Consultation.id.in_(questions.where(Option.reference == code)))
    await service.get(session, code)
    await session.execute(votes.order_by(Consultation.id).with_for_update())
    proposal = await service.lock(session, code)
    opened = [vote.code for vote in await service.votes(session, code) if vote.state != ConsultationState.DRAFT]
    if opened:
        raise Conflict(f"{code} can no longer be changed, because the vote {opened[-1]} on it has opened")
    return proposal
