"""Consultations: finding them, those a resident may answer among them, and whether one takes answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.ballots import used_addresses
from api.consultations.models import Consultation, Participation, Publication, Question, Words
from api.errors import NotFound
from api.pagination import FIRST_PAGE, Key, Order, PageRequest, PageRows

DRAFT, OPEN, CLOSED = "draft", "open", "closed"
_ORDER = Order("consultations", Key(Consultation.id, down=True))


@dataclass(frozen=True, slots=True)
class OnOffer:
    """An open consultation as one resident sees it; `state` is how far they came, None if never asked."""

    id: int
    code: str
    title: Words
    revision: int
    state: str | None
    spent: bool = False  # a vote was cast from an address of theirs before it was theirs


async def get(session: AsyncSession, code: str) -> Consultation:
    """The consultation of this code. Raises NotFound."""
    found: Consultation | None = await session.scalar(_coded(code))
    if found is None:
        raise NotFound(f"there is no consultation {code}")
    return found


async def locked(session: AsyncSession, code: str) -> Consultation:
    """The consultation of this code, held until the transaction ends. Raises NotFound."""
    found: Consultation | None = await session.scalar(_coded(code).with_for_update())
    if found is None:
        raise NotFound(f"there is no consultation {code}")
    return found


async def every(session: AsyncSession, asked: PageRequest = FIRST_PAGE) -> PageRows[tuple[Consultation, int]]:
    """Consultations, the newest first, each with its number of questions."""
    count = select(func.count()).where(Question.consultation_id == Consultation.id).scalar_subquery()
    found = await _ORDER.rows(session, select(Consultation, count), asked)
    return found.map(lambda row: (row[0], row[1]))


async def count_questions(session: AsyncSession, consultation_id: int) -> int:
    """How many questions a consultation has."""
    found = await session.scalar(
        select(func.count()).select_from(Question).where(Question.consultation_id == consultation_id)
    )
    return found or 0


async def closed_since(session: AsyncSession, moment: datetime) -> list[int]:
    """The consultations that closed at this moment or later."""
    return list(await session.scalars(select(Consultation.id).where(Consultation.closed_at >= moment)))


async def newest_closing(session: AsyncSession) -> datetime | None:
    """When a consultation closed last."""
    found: datetime | None = await session.scalar(select(func.max(Consultation.closed_at)))
    return found


async def on_offer(session: AsyncSession, *, resident_id: int, now: datetime) -> list[OnOffer]:
    """The consultations open now, the oldest first, with how far this resident came in each.

    One for the invited only is on offer to those who were asked.
    """
    mine = and_(Participation.consultation_id == Consultation.id, Participation.resident_id == resident_id)
    rows = await session.execute(
        select(
            Consultation.id,
            Consultation.code,
            Consultation.title,
            Consultation.revision,
            Participation.state,
            used_addresses.barring(resident_id),
        )
        .outerjoin(Participation, mine)
        .where(is_open(now), or_(Consultation.invited_only.is_(False), Participation.state.is_not(None)))
        .order_by(Consultation.opened_at, Consultation.id)
    )
    return [OnOffer(*row) for row in rows]


async def open_to_all(session: AsyncSession, now: datetime) -> Sequence[Consultation]:
    """The consultations that anybody may answer now, the oldest first."""
    found = select(Consultation).where(is_open(now), Consultation.invited_only.is_(False))
    return (await session.scalars(found.order_by(Consultation.opened_at, Consultation.id))).all()


async def published(session: AsyncSession, most: int) -> Sequence[Consultation]:
    """The closed consultations that were for everybody and whose list of receipts is published, the newest first."""
    found = (
        select(Consultation)
        .join(Publication, Publication.consultation_id == Consultation.id)
        .where(Consultation.invited_only.is_(False), Consultation.cleaned_at.is_not(None))
        .order_by(Publication.published_at.desc(), Consultation.id)
    )
    return (await session.scalars(found.limit(most))).all()


async def is_for(session: AsyncSession, consultation: Consultation, *, resident_id: int) -> bool:
    """Whether a resident may answer this one: one for the invited only is for those who were asked."""
    if not consultation.invited_only:
        return True
    return await session.get(Participation, (consultation.id, resident_id)) is not None


async def of_question(session: AsyncSession, question_id: int) -> Consultation | None:
    """The consultation a question belongs to."""
    found: Consultation | None = await session.scalar(
        select(Consultation)
        .join(Question, Question.consultation_id == Consultation.id)
        .where(Question.id == question_id)
    )
    return found


def takes_answers(consultation: Consultation, now: datetime) -> bool:
    """Whether this consultation takes answers at this moment; `is_open` says the same in SQL."""
    return consultation.state == OPEN and (consultation.closes_at is None or consultation.closes_at > now)


def is_open(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """The condition that a consultation takes answers at this moment."""
    return and_(Consultation.state == OPEN, or_(Consultation.closes_at.is_(None), Consultation.closes_at > now))


def _coded(code: str) -> Select[Consultation]:
    if "\x00" in code:  # PostgreSQL refuses even to look for it
        raise NotFound("there is no consultation of such a code")
    return select(Consultation).where(Consultation.code == code)
