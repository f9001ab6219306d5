"""Lists of proposals: in pages for staff, with those that need action first; the newest ones for residents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, String, and_, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments.models import Commitment, Plan
from api.consultations.models import Consultation, ConsultationState, Option, Question
from api.pagination import FIRST_PAGE, Order, PageRequest, PageRows, waiting_first
from api.proposals import transitions
from api.proposals.models import Proposal
from api.security.row_scope import scoped


class ListedProposal(NamedTuple):
    """A proposal and the code of the unfinished vote on it, if there is one."""

    proposal: Proposal
    vote: str | None


def waits() -> ColumnElement[bool]:
    """Return the SQL condition that a proposal needs action by staff.

    If a vote without a threshold has closed, staff must choose. If an outcome has no official answer yet, staff must
    give one.
    """
    voted = (
        select(Option.id)
        .join(Question, Question.id == Option.question_id)
        .join(Consultation, Consultation.id == Question.consultation_id)
        .where(Option.reference == Proposal.code, Consultation.state == ConsultationState.CLOSED)
        .correlate(Proposal)
    )
    undecided = and_(Proposal.state == transitions.PUBLISHED, voted.exists())
    unanswered = and_(Proposal.state.in_((transitions.CHOSEN, transitions.NOT_CHOSEN)), Proposal.answer.is_(None))
    return or_(undecided, unanswered)


_ORDER = Order("proposals", *waiting_first(waits(), Proposal.id))


async def listed(
    session: AsyncSession,
    *,
    states: Sequence[str] = (),
    theme: str | None = None,
    province: str | None = None,
    commitment: str | None = None,
    asked: PageRequest = FIRST_PAGE,
) -> PageRows[Proposal]:
    """List proposals. Those that need action by staff come first.

    `commitment` ("plan-code/3") selects the proposals that became part of that commitment.
    """
    statement = scoped(select(Proposal), Proposal.province)
    statement = statement.where(Proposal.state.in_(states)) if states else statement
    for column, value in ((Proposal.theme, theme), (Proposal.province, province)):
        statement = statement.where(column == value) if value is not None else statement
    if commitment is not None:
        plan, _, number = commitment.partition("/")
        into = Commitment.id == Proposal.commitment_id
        statement = statement.join(Commitment, into).join(Plan, Plan.id == Commitment.plan_id)
        statement = statement.where(Plan.code == plan, cast(Commitment.number, String) == number)
    return await _ORDER.read(session, statement, asked)


async def with_votes(session: AsyncSession, **filters: Any) -> PageRows[ListedProposal]:
    """List proposals that match the filters of `listed`, each with the code of the draft or open vote on it."""
    page = await listed(session, **filters)
    votes = await unfinished_votes(session, [each.code for each in page.items])
    return page.map(lambda each: ListedProposal(each, votes.get(each.code)))


async def newest(session: AsyncSession, *, states: Sequence[str], limit: int) -> Sequence[Proposal]:
    """Return the newest proposals in these states, to offer them to residents."""
    statement = select(Proposal).where(Proposal.state.in_(states)).order_by(Proposal.id.desc())
    return (await session.scalars(statement.limit(limit))).all()


async def unfinished_votes(session: AsyncSession, codes: Sequence[str]) -> dict[str, str]:
    """Return the codes of draft and open votes on these proposals. The keys are the codes of the proposals."""
    statement = (
        select(Option.reference, Consultation.code)
        .join(Question, Question.id == Option.question_id)
        .join(Consultation, Consultation.id == Question.consultation_id)
        .where(Option.reference.in_(codes), Consultation.state != ConsultationState.CLOSED)
    )
    return {str(proposal): vote for proposal, vote in await session.execute(statement)}
