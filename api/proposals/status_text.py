"""The status of an idea in a few sentences, for notifications and for the answer to "IDEA 17"."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments.models import Commitment
from api.i18n import Voice
from api.proposals import transitions
from api.proposals.models import Idea, Proposal
from api.text.shortening import excerpt

_TITLE = 100  # characters; a commitment's title can have 600, too many for an SMS


@dataclass(frozen=True, slots=True)
class Chain:
    """What became of an idea: the last idea it was merged into (or itself), its proposal and its commitment."""

    idea: Idea
    head: Idea
    proposal: Proposal | None
    commitment: Commitment | None


async def chain(session: AsyncSession, idea: Idea) -> Chain:
    """Return what became of an idea: the last idea it was merged into, its proposal and its commitment."""
    head = idea
    while head.merged_into is not None:  # ends, as nothing can be merged into a merged idea
        head = await session.get_one(Idea, head.merged_into)
    proposal = await session.get(Proposal, head.proposal_id) if head.proposal_id is not None else None
    commitment_id = proposal.commitment_id if proposal is not None else None
    commitment = await session.get(Commitment, commitment_id) if commitment_id is not None else None
    return Chain(idea, head, proposal, commitment)


def full_status(voice: Voice, number: int, chain: Chain) -> str:
    """Return an idea's status as text, for a reader who knows the idea by `number`.

    If the idea was merged, the text names the idea it was merged into.
    """
    merged = [voice("idea.merged", number=number, other=chain.head.id)] if chain.head.id != number else []
    if merged and chain.head.state == transitions.RECEIVED:
        return merged[0]
    return "\n".join((*merged, status(voice, number, chain)))


def status(voice: Voice, number: int, chain: Chain) -> str:
    """Return the status of the last idea in `chain` as text. The reader knows it as `number`."""
    head, proposal = chain.head, chain.proposal
    if head.state == transitions.DECLINED and head.reason is not None:
        return voice("idea.declined", number=number, title=voice.pick(head.reason))
    if head.state == transitions.COMMITTED and proposal is not None and chain.commitment is not None:
        return _committed(voice, number, proposal, chain.commitment)
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


def _committed(voice: Voice, number: int, proposal: Proposal, commitment: Commitment) -> str:
    title = excerpt(voice.pick(commitment.title), _TITLE)
    return voice("idea.committed", number=number, proposal=proposal.id, other=commitment.number, title=title)
