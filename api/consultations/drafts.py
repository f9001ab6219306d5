"""Drafts of consultations: writing one down, and throwing it away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import service
from api.consultations.models import Consultation, Option, Question
from api.consultations.schemas import ConsultationIn, QuestionIn
from api.consultations.service import DRAFT
from api.errors import AlreadyDone, Conflict


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
        opens_at=given.opens_at,
        invited_only=given.invited_only,
        numbers=given.numbers,
        receipts=given.kept_receipts(),
    )
    session.add(made)
    try:
        await session.flush()
    except IntegrityError:
        raise AlreadyDone(f"there is a consultation {given.code} already") from None
    for position, asked in enumerate(given.questions):
        await _ask(session, made, position, asked)
    await session.flush()
    return made


async def _ask(session: AsyncSession, consultation: Consultation, position: int, asked: QuestionIn) -> None:
    question = Question(
        consultation_id=consultation.id,
        position=position,
        kind=asked.kind,
        text=asked.text.model_dump(),
        rules=asked.kept_rules(),
    )
    session.add(question)
    await session.flush()
    session.add_all(
        Option(
            question_id=question.id,
            position=place,
            label=option.label(),
            detail=option.detail.model_dump() if option.detail is not None else None,
            reference=option.reference,
        )
        for place, option in enumerate(asked.options)
    )


async def discard(session: AsyncSession, code: str) -> None:
    """Delete a draft with all it asks; its proposals are free for another round.

    Raises NotFound, or Conflict where it was opened, or where a campaign or a meeting names it.
    """
    found = await service.locked(session, code)
    if found.state != DRAFT:
        raise Conflict(f"{code} is {found.state}, only a draft can be discarded")
    asked = select(Question.id).where(Question.consultation_id == found.id)
    await session.execute(delete(Option).where(Option.question_id.in_(asked)))
    await session.execute(delete(Question).where(Question.consultation_id == found.id))
    try:
        await session.execute(delete(Consultation).where(Consultation.id == found.id))
    except IntegrityError:  # whoever names it holds it by a foreign key
        raise Conflict(f"a campaign or a meeting names {code}: it cannot be discarded") from None
