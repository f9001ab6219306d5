"""What staff do with proposals: each step is written down, carries the ideas along, and their authors are told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments.models import Commitment, Plan
from api.consultations.models import ConsultationState, Words
from api.errors import Conflict, NotFound
from api.proposals import notifications, service, transitions
from api.proposals.context import Kit
from api.proposals.ideas import moderation, search
from api.proposals.models import Proposal


async def publish(session: AsyncSession, code: str, *, who: str, kit: Kit, now: datetime) -> Proposal:
    """Publish a draft; its ideas have become a proposal. Raises NotFound, Conflict."""
    found = await _step(session, code, "publish", who=who, now=now)
    await _carry(session, found, "propose", who=who, kit=kit, now=now)
    return found


async def withdraw(session: AsyncSession, code: str, *, who: str, kit: Kit, now: datetime) -> Proposal:
    """Withdraw it; its ideas are read ones again. Raises NotFound, or Conflict also where a vote on it is to open."""
    seen = (await service.get(session, code)).state != transitions.DRAFT
    found = await _step(session, code, "withdraw", who=who, now=now)
    await _unawaited(session, code)
    if seen:
        for idea in await search.locked_of(session, found.id):
            await moderation.take(session, idea, "return", who=who, now=now)
        await notifications.withdrawn(session, found, kit=kit, now=now)
    return found


async def choose(session: AsyncSession, code: str, *, who: str, kit: Kit, now: datetime) -> Proposal:
    """Say that the vote chose it. Raises NotFound, Conflict."""
    found = await _step(session, code, "choose", who=who, now=now)
    await _carry(session, found, None, who=who, kit=kit, now=now)
    return found


async def pass_over(session: AsyncSession, code: str, *, who: str, kit: Kit, now: datetime) -> Proposal:
    """Say that the vote did not choose it; another vote still may. Raises NotFound, Conflict."""
    found = await _step(session, code, "pass over", who=who, now=now)
    await _carry(session, found, None, who=who, kit=kit, now=now)
    return found


async def commit(
    session: AsyncSession, code: str, *, plan: str, number: int, who: str, kit: Kit, now: datetime
) -> Proposal:
    """Say that it entered a commitment of a plan. Raises NotFound, or Conflict also where a vote on it is to open."""
    commitment = await session.scalar(
        select(Commitment)
        .join(Plan, Plan.id == Commitment.plan_id)
        .where(Plan.code == plan, Commitment.number == number)
    )
    if commitment is None:
        raise NotFound(f"there is no commitment {number} in a plan {plan}")
    found = await _step(session, code, "commit", who=who, now=now)
    await _unawaited(session, code)
    found.commitment_id = commitment.id
    await _carry(session, found, "commit", who=who, kit=kit, now=now)
    return found


async def answer(session: AsyncSession, code: str, *, words: Words, who: str, kit: Kit, now: datetime) -> Proposal:
    """Give the Council's official answer, which its authors get. Raises NotFound, Conflict."""
    found = await _step(session, code, "answer", who=who, now=now)
    found.answer = words
    await session.flush()
    await notifications.answer(session, found, words, kit=kit, now=now)
    return found


async def _unawaited(session: AsyncSession, code: str) -> None:
    """Raises Conflict where a draft of a vote holds it: it would open, perhaps by itself, on what none can choose.

    One that is open goes on: what people were asked is what is counted.
    """
    waiting = [vote for vote, state in await service.votes(session, code) if state == ConsultationState.DRAFT]
    if waiting:
        raise Conflict(f"the vote {waiting[0]} on {code} is still to open: discard it first")


async def _carry(
    session: AsyncSession, proposal: Proposal, step: str | None, *, who: str, kit: Kit, now: datetime
) -> None:
    """Let a proposal's ideas take its step with it, and tell their authors: each once, whatever they wrote of it."""
    await session.flush()
    found = await search.locked_of(session, proposal.id)
    if step is not None:
        for idea in found:
            await moderation.take(session, idea, step, who=who, now=now)
    await notifications.moved(session, found, kit=kit, now=now)


async def _step(session: AsyncSession, code: str, step: str, *, who: str, now: datetime) -> Proposal:
    found = await service.locked(session, code)
    found.state = transitions.next_state(transitions.PROPOSED, found.state, step)
    service.note(session, found, step, who=who, now=now)
    await session.flush()
    return found
