"""Proposals: make them from ideas, and find them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.commitments.view_schemas import OriginOut
from api.consultations.models import Consultation, Option, Question
from api.errors import AlreadyDone, Conflict, NotFound
from api.proposals import transitions
from api.proposals.ideas import search
from api.proposals.models import Idea, Proposal, ProposalStep
from api.proposals.schemas import ProposalIn
from api.security import rights

_RECORDED = ("state", "title", "text", "theme", "province", "answer", "commitment_id")  # old and new values are kept


class Vote(NamedTuple):
    """A vote on a proposal: the consultation's code and state."""

    code: str
    state: str


async def create(session: AsyncSession, data: ProposalIn, *, who: str, now: datetime) -> Proposal:
    """Save a proposal as a draft and add its ideas to it.

    Raises AlreadyDone if its code is taken, NotFound if an idea does not exist, or Conflict if an idea is unread or in
    another proposal.
    """
    rights.within(data.province)
    proposal = Proposal(
        **data.model_dump(exclude={"ideas", "title", "text"}),
        title=data.title.model_dump(),
        text=data.text.model_dump(),
        state=transitions.DRAFT,
        created_at=now,
    )
    session.add(proposal)
    try:
        await session.flush()
    except IntegrityError:
        raise AlreadyDone(f"a proposal with the code {data.code} already exists") from None
    for number in sorted(set(data.ideas)):
        await _take_up(session, number, proposal)
    note(session, proposal, "create", who=who, now=now)
    await session.flush()
    return proposal


async def get(session: AsyncSession, code: str) -> Proposal:
    """Return the proposal with this code. Raises NotFound."""
    return (await get_proposals(session, [code]))[0]


async def get_proposals(session: AsyncSession, codes: Sequence[str]) -> list[Proposal]:
    """Return the proposals with these codes, in the given order. Raises NotFound, which names the missing codes."""
    rows = await session.scalars(_coded([code for code in codes if "\x00" not in code]))
    proposals = {each.code: each for each in rows}
    if missing := [code for code in codes if code not in proposals]:
        raise NotFound(f"there is no proposal {', '.join(missing)}")
    for each in proposals.values():
        rights.within(each.province)
    return [proposals[code] for code in codes]


async def lock_by_number(session: AsyncSession, numbers: Sequence[int]) -> list[Proposal]:
    """Lock the proposals with these numbers and return them, in the order of the numbers.

    Raises NotFound, which names the missing numbers.
    """
    rows = await session.scalars(
        select(Proposal).where(Proposal.id.in_(numbers)).order_by(Proposal.id).with_for_update()
    )
    proposals = {each.id: each for each in rows}
    if missing := [str(number) for number in numbers if number not in proposals]:
        raise NotFound(f"there is no proposal {', '.join(missing)}")
    return [proposals[number] for number in numbers]


async def by_number(session: AsyncSession, number: int) -> Proposal | None:
    """Return the public proposal with this number; None if there is none."""
    proposal = await session.get(Proposal, number) if 0 < number < 2**31 else None
    return proposal if proposal is not None and proposal.state in transitions.PUBLIC else None


async def origins(session: AsyncSession, commitment_ids: Sequence[int]) -> dict[int, list[OriginOut]]:
    """Return the proposals in each commitment, by commitment id, with the numbers of their ideas."""
    rows = await session.scalars(
        select(Proposal).where(Proposal.commitment_id.in_(commitment_ids)).order_by(Proposal.id)
    )
    proposals = rows.all()
    ideas: dict[int | None, list[int]] = {}
    statement = select(Idea.proposal_id, Idea.id).where(Idea.proposal_id.in_([each.id for each in proposals]))
    for proposal_id, number in await session.execute(statement.order_by(Idea.id)):
        ideas.setdefault(proposal_id, []).append(number)
    result: dict[int, list[OriginOut]] = {}
    for each in proposals:
        origin = OriginOut(proposal=each.id, code=each.code, title=each.title, ideas=ideas.get(each.id, []))
        if each.commitment_id is not None:
            result.setdefault(each.commitment_id, []).append(origin)
    return result


async def votes(session: AsyncSession, code: str) -> list[Vote]:
    """Return the past, open and draft votes on a proposal, the oldest first."""
    rows = await session.execute(
        select(Consultation.code, Consultation.state, Consultation.id)
        .join(Question, Question.consultation_id == Consultation.id)
        .join(Option, Option.question_id == Question.id)
        .where(Option.reference == code)
        .distinct()
        .order_by(Consultation.id)
    )
    return [Vote(vote, state) for vote, state, _ in rows]


async def history(session: AsyncSession, proposal_id: int) -> Sequence[ProposalStep]:
    """Return the steps that were taken with a proposal, the oldest first."""
    steps = select(ProposalStep).where(ProposalStep.proposal_id == proposal_id).order_by(ProposalStep.id)
    return (await session.scalars(steps)).all()


async def lock(session: AsyncSession, code: str) -> Proposal:
    """Lock the proposal with this code until the transaction ends; return it refreshed. Raises NotFound."""
    await get(session, code)
    fresh = _coded([code]).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(fresh)).one()


def note(session: AsyncSession, proposal: Proposal, step: str, *, who: str, now: datetime) -> None:
    """Record a step in the history of a proposal: who took it and what it changed. This history never changes."""
    act, subject = f"proposal {step}", f"proposal {proposal.code}"
    audit.add(session, who=who, act=act, subject=subject, now=now, **audit.altered(proposal, *_RECORDED))
    session.add(ProposalStep(proposal_id=proposal.id, step=step, state=proposal.state, who=who, at=now))


async def _take_up(session: AsyncSession, number: int, proposal: Proposal) -> None:
    """Add an unused idea to a new proposal. Raises NotFound or Conflict."""
    idea = await search.lock(session, number)
    other = await session.get(Proposal, idea.proposal_id) if idea.proposal_id is not None else None
    if idea.state != transitions.READ:
        raise Conflict(f"idea {number} is {idea.state}: only ideas in the state 'read' can be part of a proposal")
    if other is not None and other.state != transitions.WITHDRAWN:
        raise Conflict(f"idea {number} is already part of the proposal {other.code}")
    idea.proposal_id = proposal.id


def _coded(codes: Sequence[str]) -> Select[Proposal]:
    return select(Proposal).where(Proposal.code.in_(codes))
