"""Lists of proposals: for staff a page at a time, what waits for them first; for residents the newest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.commitments.models import Commitment, Plan
from api.consultations.models import Consultation, Option, Question
from api.consultations.service import CLOSED
from api.pagination import FIRST_PAGE, Asked, Found, Order, waiting_first
from api.proposals import transitions
from api.proposals.models import Proposal
from api.security.row_scope import scoped


def waits() -> ColumnElement[bool]:
    """Its authors wait for a word: a vote without a threshold is over, or staff have not said why it was chosen."""
    asked = (
        select(Option.id)
        .join(Question, Question.id == Option.question_id)
        .join(Consultation, Consultation.id == Question.consultation_id)
        .where(Option.reference == Proposal.code, Consultation.state == CLOSED)
        .correlate(Proposal)
    )
    undecided = and_(Proposal.state == transitions.PUBLISHED, asked.exists())
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
    asked: Asked = FIRST_PAGE,
) -> Found[Proposal]:
    """Proposals, those that wait first; with a `commitment` ("plan-code/3") those that entered it."""
    wanted = scoped(select(Proposal), Proposal.province)
    wanted = wanted.where(Proposal.state.in_(states)) if states else wanted
    for column, value in ((Proposal.theme, theme), (Proposal.province, province)):
        wanted = wanted.where(column == value) if value is not None else wanted
    if commitment is not None:
        plan, _, number = commitment.partition("/")
        into = Commitment.id == Proposal.commitment_id
        wanted = wanted.join(Commitment, into).join(Plan, Plan.id == Commitment.plan_id)
        wanted = wanted.where(Plan.code == plan, cast(Commitment.number, String) == number)
    return await _ORDER.read(session, wanted, asked)


async def with_votes(session: AsyncSession, **wanted: Any) -> Found[tuple[Proposal, str]]:
    """What is `listed`, each proposal with the code of the vote that holds it; "" where none does."""
    found = await listed(session, **wanted)
    votes = await held(session, [each.code for each in found.items])
    return found.map(lambda each: (each, votes.get(each.code, "")))


async def newest(session: AsyncSession, *, states: Sequence[str], limit: int) -> Sequence[Proposal]:
    """The newest proposals in these states, as residents are offered them."""
    wanted = select(Proposal).where(Proposal.state.in_(states)).order_by(Proposal.id.desc())
    return (await session.scalars(wanted.limit(limit))).all()


async def held(session: AsyncSession, codes: Sequence[str]) -> dict[str, str]:
    """The vote that holds each of these proposals, if one does: a draft or an open one, by its code."""
    wanted = (
        select(Option.reference, Consultation.code)
        .join(Question, Question.id == Option.question_id)
        .join(Consultation, Consultation.id == Question.consultation_id)
        .where(Option.reference.in_(codes), Consultation.state != CLOSED)
    )
    return {str(proposal): vote for proposal, vote in await session.execute(wanted)}
