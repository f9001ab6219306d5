"""Staff actions on proposals. Each is recorded, may change the state of the ideas, and is reported to their authors."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments.models import Commitment, Plan
from api.consultations.models import ConsultationState, Words
from api.errors import Conflict, NotFound
from api.proposals import notifications, service, transitions
from api.proposals.context import ProposalContext
from api.proposals.ideas import moderation, search
from api.proposals.models import Proposal
from api.proposals.transitions import PROPOSAL_TRANSITIONS, next_state


async def publish(session: AsyncSession, code: str, *, who: str, context: ProposalContext, now: datetime) -> Proposal:
    """Publish a draft proposal; its ideas get the state "proposal". Raises NotFound or Conflict."""
    proposal = await _step(session, code, "publish", who=who, now=now)
    await _carry(session, proposal, "propose", who=who, context=context, now=now)
    return proposal


async def withdraw(session: AsyncSession, code: str, *, who: str, context: ProposalContext, now: datetime) -> Proposal:
    """Withdraw a proposal; its ideas get the state "read" again.

    Raises NotFound, or Conflict if its state does not allow it or a vote on it is planned.
    """
    was_public = (await service.get(session, code)).state != transitions.DRAFT
    proposal = await _step(session, code, "withdraw", who=who, now=now)
    await _check_no_draft_vote(session, code)
    if was_public:
        for idea in await search.lock_ideas_of(session, proposal.id):
            await moderation.apply_step(session, idea, "return", who=who, now=now)
        await notifications.tell_withdrawn(session, proposal, context=context, now=now)
    return proposal


async def choose(session: AsyncSession, code: str, *, who: str, context: ProposalContext, now: datetime) -> Proposal:
    """Record that a vote chose a proposal. Raises NotFound or Conflict."""
    proposal = await _step(session, code, "choose", who=who, now=now)
    await _carry(session, proposal, None, who=who, context=context, now=now)
    return proposal


async def pass_over(session: AsyncSession, code: str, *, who: str, context: ProposalContext, now: datetime) -> Proposal:
    """Record that a vote did not choose a proposal; another vote still can. Raises NotFound or Conflict."""
    proposal = await _step(session, code, "pass over", who=who, now=now)
    await _carry(session, proposal, None, who=who, context=context, now=now)
    return proposal


async def commit(
    session: AsyncSession, code: str, *, plan: str, number: int, who: str, context: ProposalContext, now: datetime
) -> Proposal:
    """Record which commitment a proposal became part of.

    Raises NotFound, or Conflict if its state does not allow it or a vote on it is planned.
    """
    commitment = await session.scalar(
        select(Commitment)
        .join(Plan, Plan.id == Commitment.plan_id)
        .where(Plan.code == plan, Commitment.number == number)
    )
    if commitment is None:
        raise NotFound(f"there is no commitment {plan}/{number}")
    proposal = await _step(session, code, "commit", who=who, now=now, commitment_id=commitment.id)
    await _check_no_draft_vote(session, code)
    await _carry(session, proposal, "commit", who=who, context=context, now=now)
    return proposal


async def answer(
    session: AsyncSession, code: str, *, words: Words, who: str, context: ProposalContext, now: datetime
) -> Proposal:
    """Save the Council's official answer and send it to the authors. Raises NotFound or Conflict."""
    proposal = await _step(session, code, "answer", who=who, now=now, answer=words)
    await notifications.tell_answer(session, proposal, words, context=context, now=now)
    return proposal


async def _check_no_draft_vote(session: AsyncSession, code: str) -> None:
    """Raise Conflict if a draft of a vote contains the proposal."""
    # an open vote keeps the proposal as an option, as it was offered to people
    drafts = [vote.code for vote in await service.votes(session, code) if vote.state == ConsultationState.DRAFT]
    if drafts:
        raise Conflict(f"{code} is in the vote {drafts[0]}, which has not opened yet: discard that vote first")


async def _carry(
    session: AsyncSession, proposal: Proposal, step: str | None, *, who: str, context: ProposalContext, now: datetime
) -> None:
    """Apply a step, if any, to each idea of a proposal, and tell the authors."""
    await session.flush()
    ideas = await search.lock_ideas_of(session, proposal.id)
    if step is not None:
        for idea in ideas:
            await moderation.apply_step(session, idea, step, who=who, now=now)
    await notifications.tell_progress(session, ideas, context=context, now=now)


async def _step(session: AsyncSession, code: str, step: str, *, who: str, now: datetime, **values: Any) -> Proposal:
    """Change the state of a proposal by a step, and record the step with the columns it changes."""
    proposal = await service.lock(session, code)
    proposal.state = next_state(proposal.state, step, PROPOSAL_TRANSITIONS)
    for name, value in values.items():
        setattr(proposal, name, value)
    service.note(session, proposal, step, who=who, now=now)
    await session.flush()
    return proposal
