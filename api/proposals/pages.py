"""Ideas and proposals as staff read them: with what became of them, their history and similar ideas."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments.models import Commitment, Plan
from api.proposals import notifications, pictures, service, status_text
from api.proposals.ideas import search
from api.proposals.listing import ListedProposal
from api.proposals.models import Idea, IdeaStep, Proposal, ProposalStep
from api.proposals.page_schemas import (
    AlikeOut,
    CommitmentOut,
    IdeaOut,
    IdeaPage,
    ListedProposalOut,
    ProposalOut,
    ProposalPage,
    StepOut,
    VoteOut,
    row_fields,
)


def idea_out(idea: Idea) -> IdeaOut:
    """Return an idea as shown in a list."""
    return IdeaOut.model_validate(row_fields(idea, IdeaOut))


async def idea_page(session: AsyncSession, idea: Idea) -> IdeaPage:
    """Return an idea with what became of it, its history and similar ideas."""
    chain = await status_text.chain(session, idea)
    alike = [
        AlikeOut(number=each.id, text=each.text, state=each.state, share=share)
        for each, share in await search.similar(session, idea)
    ]
    return IdeaPage(
        **row_fields(idea, IdeaOut),
        authors=await search.authors(session, idea.id),
        merged=await search.merged(session, idea.id),
        proposal=chain.proposal.code if chain.proposal is not None else None,
        commitment=await _commitment(session, chain.commitment.id if chain.commitment is not None else None),
        alike=alike,
        steps=[_step(each) for each in await search.history(session, idea.id)],
    )


async def proposal_out(session: AsyncSession, proposal: Proposal) -> ProposalOut:
    """Return a proposal with its ideas and the commitment it became part of."""
    return ProposalOut.model_validate(
        row_fields(
            proposal,
            ProposalOut,
            ideas=await notifications.ideas_of(session, proposal.id),
            commitment=await _commitment(session, proposal.commitment_id),
            picture=await pictures.kind_of(session, proposal.id),
        )
    )


async def listed_proposal(session: AsyncSession, listed: ListedProposal) -> ListedProposalOut:
    """Return a proposal as shown in a list, with the code of the unfinished vote on it."""
    return ListedProposalOut(**(await proposal_out(session, listed.proposal)).model_dump(), vote=listed.vote)


async def proposal_page(session: AsyncSession, proposal: Proposal) -> ProposalPage:
    """Return a proposal with the votes on it and the steps taken with it."""
    votes = [VoteOut(code=code, state=state) for code, state in await service.votes(session, proposal.code)]
    steps = [_step(each) for each in await service.history(session, proposal.id)]
    return ProposalPage(**(await proposal_out(session, proposal)).model_dump(), votes=votes, steps=steps)


async def _commitment(session: AsyncSession, commitment_id: int | None) -> CommitmentOut | None:
    if commitment_id is None:
        return None
    commitment = await session.get_one(Commitment, commitment_id)
    plan = await session.get_one(Plan, commitment.plan_id)
    return CommitmentOut(plan=plan.code, number=commitment.number, title=commitment.title)


def _step(row: IdeaStep | ProposalStep) -> StepOut:
    return StepOut(step=row.step, state=row.state, who=row.who, at=row.at)
