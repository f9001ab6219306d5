"""Ideas and proposals as staff look at them: each with its chain, its history, and what resembles it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments.models import Commitment, Plan
from api.proposals import notifications, pictures, service, status_text
from api.proposals.ideas import search
from api.proposals.models import Idea, IdeaStep, Proposal, ProposalStep
from api.proposals.page_schemas import (
    AlikeOut,
    CommitmentOut,
    IdeaOut,
    IdeaPage,
    ProposalOut,
    ProposalPage,
    StepOut,
    VoteOut,
    shown,
)


def idea_out(idea: Idea) -> IdeaOut:
    """One row of a list of ideas."""
    return IdeaOut.model_validate(shown(idea, IdeaOut))


async def idea_page(session: AsyncSession, idea: Idea) -> IdeaPage:
    """All that belongs to an idea."""
    found = await status_text.chain(session, idea)
    near = [
        AlikeOut(number=each.id, text=each.text, state=each.state, share=share)
        for each, share in await search.alike(session, idea)
    ]
    return IdeaPage(
        **shown(idea, IdeaOut),
        authors=await search.authors(session, idea.id),
        merged=await search.merged(session, idea.id),
        proposal=found.proposal.code if found.proposal is not None else None,
        commitment=await _commitment(session, found.commitment.id if found.commitment is not None else None),
        alike=near,
        steps=[_step(each) for each in await search.history(session, idea.id)],
    )


async def proposal_out(session: AsyncSession, found: Proposal) -> ProposalOut:
    """One row of a list of proposals, with both ends of its chain."""
    return ProposalOut.model_validate(
        shown(
            found,
            ProposalOut,
            ideas=await notifications.ideas_of(session, found.id),
            commitment=await _commitment(session, found.commitment_id),
            picture=await pictures.kind_of(session, found.id),
        )
    )


async def proposal_page(session: AsyncSession, found: Proposal) -> ProposalPage:
    """A proposal, the votes on it, and what was done with it."""
    votes = [VoteOut(code=code, state=state) for code, state in await service.votes(session, found.code)]
    steps = [_step(each) for each in await service.history(session, found.id)]
    return ProposalPage(**(await proposal_out(session, found)).model_dump(), votes=votes, steps=steps)


async def _commitment(session: AsyncSession, commitment_id: int | None) -> CommitmentOut | None:
    if commitment_id is None:
        return None
    found = await session.get_one(Commitment, commitment_id)
    plan = await session.get_one(Plan, found.plan_id)
    return CommitmentOut(plan=plan.code, number=found.number, title=found.title)


def _step(row: IdeaStep | ProposalStep) -> StepOut:
    return StepOut(step=row.step, state=row.state, who=row.who, at=row.at)
