"""Telling the authors of an idea what became of it: each in their language, on their channel, by their own number."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Reply
from api.commitments import write
from api.commitments.models import Commitment, Milestone
from api.consultations.models import Words
from api.i18n import Voice
from api.messages import service as messages
from api.outbox.write import notifications
from api.proposals import status_text
from api.proposals.context import Kit
from api.proposals.models import Idea, IdeaAuthor, Proposal
from api.residents.models import Resident

Saying = Callable[[Voice, int], str]  # what is said to one author, and the number of their idea


async def news(session: AsyncSession, idea: Idea, *, kit: Kit, now: datetime) -> int:
    """Tell its authors where an idea stands now; returns how many can be told."""
    found = await status_text.chain(session, idea)
    # Who was told of a merger already need not pay for that sentence again at each step.
    said = status_text.standing if idea.merged_into is not None else status_text.state
    return await _tell(session, (idea.id,), lambda voice, number: said(voice, number, found), kit=kit, now=now)


async def moved(session: AsyncSession, ideas: Sequence[Idea], *, kit: Kit, now: datetime) -> int:
    """Tell the authors of the ideas of one proposal where it stands now; returns how many can be told."""
    if not ideas:
        return 0
    found = await status_text.chain(session, ideas[0])
    numbers = [idea.id for idea in ideas]
    return await _tell(
        session, numbers, lambda voice, number: status_text.state(voice, number, found), kit=kit, now=now
    )


async def answer(session: AsyncSession, proposal: Proposal, words: Words, *, kit: Kit, now: datetime) -> int:
    """Tell the authors of a proposal's ideas the Council's official answer."""

    def saying(voice: Voice, number: int) -> str:
        return voice("idea.answer", number=number, other=proposal.id, title=voice.pick(words))

    return await _tell(session, await ideas_of(session, proposal.id), saying, kit=kit, now=now)


async def withdrawn(session: AsyncSession, proposal: Proposal, *, kit: Kit, now: datetime) -> int:
    """Tell the authors of a proposal's ideas that it was withdrawn."""

    def saying(voice: Voice, number: int) -> str:
        return voice("idea.withdrawn", number=number, other=proposal.id)

    return await _tell(session, await ideas_of(session, proposal.id), saying, kit=kit, now=now)


async def milestones_done(session: AsyncSession, *, kit: Kit, now: datetime) -> int:
    """Tell the authors of all that commitments came from which of their milestones are done; returns how many are.

    To be called now and then. Whoever recorded it, and by which door, each milestone is told of once, however many
    processes look: what another one has in hand is passed over.
    """
    done = await write.newly_done(session, now=now)
    for milestone, commitment in done:
        await _milestone_done(session, milestone, commitment, kit=kit, now=now)
    return len(done)


async def _milestone_done(
    session: AsyncSession, milestone: Milestone, commitment: Commitment, *, kit: Kit, now: datetime
) -> None:
    rows = await session.scalars(
        select(Idea.id).join(Proposal, Proposal.id == Idea.proposal_id).where(Proposal.commitment_id == commitment.id)
    )

    def saying(voice: Voice, own: int) -> str:
        return voice("idea.milestone", number=own, other=commitment.number, title=voice.pick(milestone.title))

    await _tell(session, rows.all(), saying, kit=kit, now=now)


async def ideas_of(session: AsyncSession, proposal_id: int) -> list[int]:
    """The numbers of the ideas a proposal came from, the first one sent in first."""
    rows = await session.scalars(select(Idea.id).where(Idea.proposal_id == proposal_id).order_by(Idea.id))
    return list(rows)


async def _tell(session: AsyncSession, ideas: Collection[int], saying: Saying, *, kit: Kit, now: datetime) -> int:
    """Say something to every author of these ideas, once each, by the first number they know."""
    if not ideas:
        return 0
    await messages.renew(session, kit.catalogs)
    rows = await session.execute(
        select(Resident, IdeaAuthor.number)
        .join(IdeaAuthor, IdeaAuthor.resident_id == Resident.id)
        .where(IdeaAuthor.idea_id.in_(ideas))
        .order_by(Resident.id, IdeaAuthor.number)
    )
    said: dict[int, Reply] = {}
    for resident, number in rows:
        if resident.id not in said:
            voice = kit.catalogs.voice(resident.language, latin=resident.latin)
            said[resident.id] = Reply(text=saying(voice, number))
    return await notifications.notify_each(session, said, keyring=kit.keyring, now=now, due_at=kit.not_before(now))
