"""Proposals: making them of ideas, and finding them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments.view_schemas import OriginOut
from api.consultations.models import Consultation, Option, Question
from api.errors import AlreadyDone, Conflict, NotFound
from api.proposals import transitions
from api.proposals.ideas import search
from api.proposals.models import Idea, Proposal, ProposalStep
from api.proposals.schemas import ProposalIn
from api.security import rights


async def create(session: AsyncSession, given: ProposalIn, *, who: str, now: datetime) -> Proposal:
    """Keep a proposal as a draft, with the ideas it comes from.

    Raises AlreadyDone where its code is taken, NotFound, or Conflict where an idea was not read, or is in another one.
    """
    rights.within(given.province)
    made = Proposal(
        **given.model_dump(exclude={"ideas", "title", "text"}),
        title=given.title.model_dump(),
        text=given.text.model_dump(),
        state=transitions.DRAFT,
        created_at=now,
    )
    session.add(made)
    try:
        await session.flush()
    except IntegrityError:
        raise AlreadyDone(f"there is a proposal {given.code} already") from None
    for number in sorted(set(given.ideas)):
        await _take_up(session, number, made)
    note(session, made, "create", who=who, now=now)
    await session.flush()
    return made


async def get(session: AsyncSession, code: str) -> Proposal:
    """The proposal of this code. Raises NotFound."""
    return (await get_proposals(session, [code]))[0]


async def get_proposals(session: AsyncSession, codes: Sequence[str]) -> list[Proposal]:
    """The proposals of these codes, in this order. Raises NotFound, naming those that are not there."""
    rows = await session.scalars(_coded([code for code in codes if "\x00" not in code]))
    found = {each.code: each for each in rows}
    if missing := [code for code in codes if code not in found]:
        raise NotFound(f"there is no proposal {', '.join(missing)}")
    for each in found.values():
        rights.within(each.province)
    return [found[code] for code in codes]


async def locked_numbered(session: AsyncSession, numbers: Sequence[int]) -> list[Proposal]:
    """The proposals of these numbers, in this order, nobody else changing them until this transaction ends.

    Raises NotFound, naming those that are not there.
    """
    rows = await session.scalars(
        select(Proposal).where(Proposal.id.in_(numbers)).order_by(Proposal.id).with_for_update()
    )
    found = {each.id: each for each in rows}
    if missing := [str(number) for number in numbers if number not in found]:
        raise NotFound(f"there is no proposal {', '.join(missing)}")
    return [found[number] for number in numbers]


async def numbered(session: AsyncSession, number: int) -> Proposal | None:
    """The proposal residents know by this number; None where there is none that was published."""
    found = await session.get(Proposal, number) if 0 < number < 2**31 else None
    return found if found is not None and found.state in transitions.PUBLIC else None


async def origins(session: AsyncSession, commitment_ids: Sequence[int]) -> dict[int, list[OriginOut]]:
    """What these commitments came from: their proposals with the ideas of each, by the commitment's id."""
    proposals = await session.scalars(
        select(Proposal).where(Proposal.commitment_id.in_(commitment_ids)).order_by(Proposal.id)
    )
    listed = proposals.all()
    ideas: dict[int | None, list[int]] = {}
    rows = select(Idea.proposal_id, Idea.id).where(Idea.proposal_id.in_([each.id for each in listed]))
    for proposal_id, number in await session.execute(rows.order_by(Idea.id)):
        ideas.setdefault(proposal_id, []).append(number)
    found: dict[int, list[OriginOut]] = {}
    for each in listed:
        origin = OriginOut(proposal=each.id, code=each.code, title=each.title, ideas=ideas.get(each.id, []))
        into = each.commitment_id
        if into is not None:
            found.setdefault(into, []).append(origin)
    return found


async def votes(session: AsyncSession, code: str) -> list[tuple[str, str]]:
    """The votes that were, are or will be held on a proposal, the oldest first: code and state of each."""
    rows = await session.execute(
        select(Consultation.code, Consultation.state, Consultation.id)
        .join(Question, Question.consultation_id == Consultation.id)
        .join(Option, Option.question_id == Question.id)
        .where(Option.reference == code)
        .distinct()
        .order_by(Consultation.id)
    )
    return [(vote, state) for vote, state, _ in rows]


async def history(session: AsyncSession, proposal_id: int) -> Sequence[ProposalStep]:
    """What was done with a proposal, the oldest first."""
    wanted = select(ProposalStep).where(ProposalStep.proposal_id == proposal_id).order_by(ProposalStep.id)
    return (await session.scalars(wanted)).all()


async def locked(session: AsyncSession, code: str) -> Proposal:
    """The proposal of this code, nobody else changing it until this transaction ends. Raises NotFound."""
    await get(session, code)
    fresh = _coded([code]).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(fresh)).one()


def note(session: AsyncSession, proposal: Proposal, step: str, *, who: str, now: datetime) -> None:
    """Write down who did what; such a row is never changed."""
    session.add(ProposalStep(proposal_id=proposal.id, step=step, state=proposal.state, who=who, at=now))


async def _take_up(session: AsyncSession, number: int, proposal: Proposal) -> None:
    idea = await search.locked(session, number)
    before = await session.get(Proposal, idea.proposal_id) if idea.proposal_id is not None else None
    if idea.state != transitions.READ:
        raise Conflict(f"idea {number} is {idea.state}; a proposal is made of ideas that were read")
    if before is not None and before.state != transitions.WITHDRAWN:
        raise Conflict(f"idea {number} is in the proposal {before.code} already")
    idea.proposal_id = proposal.id


def _coded(codes: Sequence[str]) -> Select[Proposal]:
    return select(Proposal).where(Proposal.code.in_(codes))
