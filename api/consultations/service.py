"""Find consultations, and decide who may answer them and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.ballots import used_addresses
from api.consultations.models import Consultation, ConsultationState, Participation, Publication, Question, Words
from api.errors import NotFound
from api.pagination import FIRST_PAGE, Key, Order, PageRequest, PageRows

_ORDER = Order("consultations", Key(Consultation.id, down=True))


@dataclass(frozen=True, slots=True)
class OnOffer:
    """An open consultation as offered to one resident. `state` is their progress; None if they were never asked."""

    id: int
    code: str
    title: Words
    revision: int
    state: str | None
    spent: bool = False  # a former owner of one of the resident's addresses used it to vote


async def get(session: AsyncSession, code: str) -> Consultation:
    """Return the consultation with this code. Raises NotFound."""
    consultation: Consultation | None = await session.scalar(_by_code(code))
    if consultation is None:
        raise NotFound(f"there is no consultation {code}")
    return consultation


async def locked(session: AsyncSession, code: str) -> Consultation:
    """Return the consultation with this code, locked until the transaction ends. Raises NotFound."""
    consultation: Consultation | None = await session.scalar(_by_code(code).with_for_update())
    if consultation is None:
        raise NotFound(f"there is no consultation {code}")
    return consultation


async def every(session: AsyncSession, asked: PageRequest = FIRST_PAGE) -> PageRows[tuple[Consultation, int]]:
    """Return a page of consultations, newest first, each with its number of questions."""
    count = select(func.count()).where(Question.consultation_id == Consultation.id).scalar_subquery()
    page = await _ORDER.rows(session, select(Consultation, count), asked)
    return page.map(lambda row: (row[0], row[1]))


async def count_questions(session: AsyncSession, consultation_id: int) -> int:
    """Return how many questions a consultation has."""
    query = select(func.count()).select_from(Question).where(Question.consultation_id == consultation_id)
    return await session.scalar(query) or 0


async def closed_since(session: AsyncSession, moment: datetime) -> list[int]:
    """Return the ids of the consultations that closed at this time or later."""
    return list(await session.scalars(select(Consultation.id).where(Consultation.closed_at >= moment)))


async def newest_closing(session: AsyncSession) -> datetime | None:
    """Return when a consultation last closed; None if none has closed."""
    closed_at: datetime | None = await session.scalar(select(func.max(Consultation.closed_at)))
    return closed_at


async def on_offer(session: AsyncSession, *, resident_id: int, now: datetime) -> list[OnOffer]:
    """Return the consultations open to this resident now, oldest first, with the resident's progress in each."""
    participation = and_(Participation.consultation_id == Consultation.id, Participation.resident_id == resident_id)
    rows = await session.execute(
        select(
            Consultation.id,
            Consultation.code,
            Consultation.title,
            Consultation.revision,
            Participation.state,
            used_addresses.bars_resident(resident_id),
        )
        .outerjoin(Participation, participation)
        .where(is_open(now), or_(Consultation.invited_only.is_(False), Participation.state.is_not(None)))
        .order_by(Consultation.opened_at, Consultation.id)
    )
    return [OnOffer(*row) for row in rows]


async def open_to_all(session: AsyncSession, now: datetime) -> Sequence[Consultation]:
    """Return the consultations that anybody may answer now, oldest first."""
    query = select(Consultation).where(is_open(now), Consultation.invited_only.is_(False))
    return (await session.scalars(query.order_by(Consultation.opened_at, Consultation.id))).all()


async def published(session: AsyncSession, most: int) -> Sequence[Consultation]:
    """Return the newest closed consultations with a published list that were open to all, `most` at most."""
    query = (
        select(Consultation)
        .join(Publication, Publication.consultation_id == Consultation.id)
        .where(Consultation.invited_only.is_(False), Consultation.cleaned_at.is_not(None))
        .order_by(Publication.published_at.desc(), Consultation.id)
    )
    return (await session.scalars(query.limit(most))).all()


async def may_answer(session: AsyncSession, consultation: Consultation, *, resident_id: int) -> bool:
    """Whether a resident may answer this consultation. If it is by invitation, the resident must have been asked."""
    if not consultation.invited_only:
        return True
    return await session.get(Participation, (consultation.id, resident_id)) is not None


async def of_question(session: AsyncSession, question_id: int) -> Consultation | None:
    """Return the consultation to which a question belongs; None if there is no such question."""
    consultation: Consultation | None = await session.scalar(
        select(Consultation)
        .join(Question, Question.consultation_id == Consultation.id)
        .where(Question.id == question_id)
    )
    return consultation


def takes_answers(consultation: Consultation, now: datetime) -> bool:
    """Whether a consultation takes answers at this moment. `is_open` is the same test in SQL."""
    return consultation.state == ConsultationState.OPEN and (
        consultation.closes_at is None or consultation.closes_at > now
    )


def is_open(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the SQL condition that a consultation takes answers at this moment."""
    return and_(
        Consultation.state == ConsultationState.OPEN,
        or_(Consultation.closes_at.is_(None), Consultation.closes_at > now),
    )


def awaits_cleaning() -> ColumnElement[bool]:
    """Return the SQL condition that a closed consultation still has links to people to erase."""
    return and_(Consultation.state == ConsultationState.CLOSED, Consultation.cleaned_at.is_(None))


def _by_code(code: str) -> Select[Consultation]:
    if "\x00" in code:  # PostgreSQL refuses it in a query
        raise NotFound("there is no consultation with this code")
    return select(Consultation).where(Consultation.code == code)
