"""Notifications to authors of ideas, in their language and on their channel, with the idea number they know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Reply
from api.commitments import announcements
from api.commitments.models import Commitment, Milestone
from api.consultations.models import Words
from api.i18n import Voice
from api.messages import service as messages
from api.outbox.write import notifications
from api.proposals import status_text
from api.proposals.context import ProposalContext
from api.proposals.models import Idea, IdeaAuthor, Proposal
from api.residents.models import Resident

Writer = Callable[[Voice, int], str]  # returns the text for an author who knows the idea by this number


async def tell_status(session: AsyncSession, idea: Idea, *, context: ProposalContext, now: datetime) -> int:
    """Tell the authors of an idea its status; return how many can be reached."""
    chain = await status_text.chain(session, idea)
    # Authors who already read that it was merged need not pay for that sentence again at each step.
    write = status_text.full_status if idea.merged_into is not None else status_text.status
    return await _tell(session, (idea.id,), lambda voice, number: write(voice, number, chain), context=context, now=now)


async def tell_progress(
    session: AsyncSession, ideas: Sequence[Idea], *, context: ProposalContext, now: datetime
) -> int:
    """Tell the authors of ideas in one proposal how far the proposal is; return how many can be reached."""
    if not ideas:
        return 0
    chain = await status_text.chain(session, ideas[0])
    numbers = [idea.id for idea in ideas]
    return await _tell(
        session, numbers, lambda voice, number: status_text.status(voice, number, chain), context=context, now=now
    )


async def tell_answer(
    session: AsyncSession, proposal: Proposal, words: Words, *, context: ProposalContext, now: datetime
) -> int:
    """Send the Council's official answer to the authors of a proposal's ideas; return how many can be reached."""

    def write(voice: Voice, number: int) -> str:
        return voice("idea.answer", number=number, other=proposal.id, title=voice.pick(words))

    return await _tell(session, await ideas_of(session, proposal.id), write, context=context, now=now)


async def tell_withdrawn(session: AsyncSession, proposal: Proposal, *, context: ProposalContext, now: datetime) -> int:
    """Tell the authors of a proposal's ideas that it was withdrawn; return how many can be reached."""

    def write(voice: Voice, number: int) -> str:
        return voice("idea.withdrawn", number=number, other=proposal.id)

    return await _tell(session, await ideas_of(session, proposal.id), write, context=context, now=now)


async def tell_milestones_done(session: AsyncSession, *, context: ProposalContext, now: datetime) -> int:
    """Tell the authors of ideas about milestones that are done; return how many milestones were announced.

    Each milestone is announced once, even if several processes run this.
    """
    done = await announcements.take_newly_done(session, now=now)
    for milestone, commitment in done:
        await _tell_milestone_done(session, milestone, commitment, context=context, now=now)
    return len(done)


async def _tell_milestone_done(
    session: AsyncSession, milestone: Milestone, commitment: Commitment, *, context: ProposalContext, now: datetime
) -> None:
    rows = await session.scalars(
        select(Idea.id).join(Proposal, Proposal.id == Idea.proposal_id).where(Proposal.commitment_id == commitment.id)
    )

    def write(voice: Voice, number: int) -> str:
        return voice("idea.milestone", number=number, other=commitment.number, title=voice.pick(milestone.title))

    await _tell(session, rows.all(), write, context=context, now=now)


async def ideas_of(session: AsyncSession, proposal_id: int) -> list[int]:
    """Return the numbers of a proposal's ideas, the oldest first."""
    rows = await session.scalars(select(Idea.id).where(Idea.proposal_id == proposal_id).order_by(Idea.id))
    return list(rows)


async def _tell(
    session: AsyncSession, ideas: Collection[int], write: Writer, *, context: ProposalContext, now: datetime
) -> int:
    """Send a text to each author of these ideas once."""
    if not ideas:
        return 0
    await messages.renew(session, context.catalogs)
    rows = await session.execute(
        select(Resident, IdeaAuthor.number)
        .join(IdeaAuthor, IdeaAuthor.resident_id == Resident.id)
        .where(IdeaAuthor.idea_id.in_(ideas))
        .order_by(Resident.id, IdeaAuthor.number)  # lowest known number first
    )
    replies: dict[int, Reply] = {}
    for resident, number in rows:
        if resident.id not in replies:
            voice = context.catalogs.voice(resident.language, latin=resident.latin)
            replies[resident.id] = Reply(text=write(voice, number))
    due_at = context.not_before(now)
    return await notifications.notify_each(session, replies, keyring=context.keyring, now=now, due_at=due_at)
