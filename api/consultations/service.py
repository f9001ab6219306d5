"""Consultations: creating, opening and closing them, and finding those a resident may answer."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BindParameter, ColumnElement, Select, and_, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.models import Consultation, Option, Participation, Question, Words
from api.consultations.schemas import ConsultationIn
from api.errors import AlreadyDone, Conflict, NotFound

DRAFT, OPEN, CLOSED = "draft", "open", "closed"


@dataclass(frozen=True, slots=True)
class OnOffer:
    """An open consultation as one resident sees it; `state` is how far they came, None if never asked."""

    id: int
    code: str
    title: Words
    revision: int
    state: str | None


async def create(session: AsyncSession, given: ConsultationIn, *, now: datetime) -> Consultation:
    """Keep a new consultation as a draft. Raises AlreadyDone where its code is taken."""
    made = Consultation(
        code=given.code,
        title=given.title.model_dump(),
        state=DRAFT,
        revision=1,
        secret=None,
        created_at=now,
        closes_at=given.closes_at,
    )
    session.add(made)
    try:
        await session.flush()
    except IntegrityError:
        raise AlreadyDone(f"there is a consultation {given.code} already") from None
    for position, asked in enumerate(given.questions):
        question = Question(
            consultation_id=made.id,
            position=position,
            kind=asked.kind,
            text=asked.text.model_dump(),
            rules=asked.kept_rules(),
        )
        session.add(question)
        await session.flush()
        session.add_all(
            Option(question_id=question.id, position=place, label=label.model_dump())
            for place, label in enumerate(asked.options)
        )
    await session.flush()
    return made


async def get(session: AsyncSession, code: str) -> Consultation:
    """The consultation of this code. Raises NotFound."""
    found: Consultation | None = await session.scalar(_coded(code))
    if found is None:
        raise NotFound(f"there is no consultation {code}")
    return found


async def every(session: AsyncSession) -> Sequence[tuple[Consultation, int]]:
    """All consultations, the newest first, each with its number of questions."""
    count = select(func.count()).where(Question.consultation_id == Consultation.id).scalar_subquery()
    rows = await session.execute(select(Consultation, count).order_by(Consultation.id.desc()))
    return [(consultation, number) for consultation, number in rows]


async def count_questions(session: AsyncSession, consultation_id: int) -> int:
    """How many questions a consultation has."""
    found = await session.scalar(
        select(func.count()).select_from(Question).where(Question.consultation_id == consultation_id)
    )
    return found or 0


async def open_it(session: AsyncSession, code: str, *, now: datetime) -> Consultation:
    """Open a draft: from now on it takes ballots. Raises NotFound, or Conflict where it is not a draft."""
    found = await _locked(session, code)
    if found.state != DRAFT:
        raise Conflict(f"{code} is {found.state}, only a draft can be opened")
    if found.closes_at is not None and found.closes_at <= now:
        raise Conflict(f"{code} would be closed already: its closing time is past")
    found.state, found.opened_at, found.secret = OPEN, now, secrets.token_bytes(32)
    await session.flush()
    return found


async def close(session: AsyncSession, code: str, *, now: datetime) -> Consultation:
    """Close an open consultation and destroy its secret: no ballot can be tied to a person again.

    Raises NotFound, or Conflict where it is not open.
    """
    found = await _locked(session, code)
    if found.state != OPEN:
        raise Conflict(f"{code} is {found.state}, only an open one can be closed")
    _shut(found, now)
    await session.flush()
    return found


async def close_due(session: AsyncSession, *, now: datetime) -> int:
    """Close every consultation whose time has come; returns how many."""
    due = await session.scalars(
        select(Consultation)
        .where(Consultation.state == OPEN, Consultation.closes_at <= now)
        .with_for_update(skip_locked=True)
    )
    count = 0
    for found in due:
        _shut(found, now)
        count += 1
    await session.flush()
    return count


async def on_offer(session: AsyncSession, *, resident_id: int, now: datetime) -> list[OnOffer]:
    """The consultations open now, the oldest first, with how far this resident came in each."""
    mine = and_(Participation.consultation_id == Consultation.id, Participation.resident_id == resident_id)
    rows = await session.execute(
        select(Consultation.id, Consultation.code, Consultation.title, Consultation.revision, Participation.state)
        .outerjoin(Participation, mine)
        .where(is_open(now))
        .order_by(Consultation.opened_at, Consultation.id)
    )
    return [OnOffer(*row) for row in rows]


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


def _shut(consultation: Consultation, now: datetime) -> None:
    consultation.state, consultation.closed_at, consultation.secret = CLOSED, now, None
    consultation.revision += 1


async def _locked(session: AsyncSession, code: str) -> Consultation:
    found: Consultation | None = await session.scalar(_coded(code).with_for_update())
    if found is None:
        raise NotFound(f"there is no consultation {code}")
    return found


def _coded(code: str) -> Select[Consultation]:
    if "\x00" in code:  # PostgreSQL refuses even to look for it
        raise NotFound("there is no consultation of such a code")
    return select(Consultation).where(Consultation.code == code)
