"""What became of an idea, in one sentence or a few: the same words as a notice and as the answer to "IDEA 17"."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments.models import Commitment
from api.i18n import Voice
from api.proposals import transitions
from api.proposals.models import Idea, Proposal
from api.text.shortening import excerpt

_TITLE = 100  # characters of a commitment's title: they may have 600, which no SMS is for


@dataclass(frozen=True, slots=True)
class Chain:
    """An idea, the one it was merged into in the end (itself where it was not), and what that became."""

    idea: Idea
    head: Idea
    proposal: Proposal | None
    commitment: Commitment | None


async def chain(session: AsyncSession, idea: Idea) -> Chain:
    """Follow an idea to where it stands now."""
    head = idea
    while head.merged_into is not None:  # an idea that was merged takes no other one, so this ends
        head = await session.get_one(Idea, head.merged_into)
    proposal = await session.get(Proposal, head.proposal_id) if head.proposal_id is not None else None
    known = proposal.commitment_id if proposal is not None else None
    commitment = await session.get(Commitment, known) if known is not None else None
    return Chain(idea, head, proposal, commitment)


def standing(voice: Voice, number: int, found: Chain) -> str:
    """Where an idea stands, under the number by which its reader knows it."""
    merged = [voice("idea.merged", number=number, other=found.head.id)] if found.head.id != number else []
    if merged and found.head.state == transitions.RECEIVED:
        return merged[0]
    return "\n".join((*merged, state(voice, number, found)))


def state(voice: Voice, number: int, found: Chain) -> str:
    """The state of what an idea was merged into in the end, itself where it was not."""
    head, proposal = found.head, found.proposal
    if head.state == transitions.DECLINED and head.reason is not None:
        return voice("idea.declined", number=number, title=voice.pick(head.reason))
    if head.state == transitions.COMMITTED and proposal is not None and found.commitment is not None:
        return _committed(voice, number, proposal, found.commitment)
    if head.state == transitions.PROPOSAL and proposal is not None:
        title = voice.pick(proposal.title)
        if proposal.state == transitions.CHOSEN:
            return voice("idea.chosen", number=number, other=proposal.id, title=title)
        if proposal.state == transitions.NOT_CHOSEN:
            return voice("idea.not_chosen", number=number, other=proposal.id, title=title)
        return voice("idea.proposal", number=number, other=proposal.id, title=title)
    return (
        voice("idea.received", number=number)
        if head.state == transitions.RECEIVED
        else voice("idea.read", number=number)
    )


def _committed(voice: Voice, number: int, proposal: Proposal, into: Commitment) -> str:
    title = excerpt(voice.pick(into.title), _TITLE)
    return voice("idea.committed", number=number, proposal=proposal.id, other=into.number, title=title)
