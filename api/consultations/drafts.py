"""Create and discard drafts of consultations, and write their questions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.consultations import content, service, sms_budget
from api.consultations.models import Consultation, ConsultationState, Option, Question
from api.consultations.schemas import ConsultationIn, QuestionIn
from api.consultations.sms_budget import Weigh
from api.consultations.words import option_words
from api.errors import AlreadyDone, Conflict


async def create(
    session: AsyncSession, data: ConsultationIn, *, who: str, now: datetime, weigh: Weigh | None = None
) -> Consultation:
    """Create a consultation as a draft, and record who did so.

    `weigh` measures the messages as residents will receive them by SMS. Without it, lengths are not checked. Raises
    AlreadyDone if the code is taken, Invalid if a text is too long.
    """
    consultation = Consultation(
        code=data.code, state=ConsultationState.DRAFT, revision=1, secret=None, created_at=now, **columns(data)
    )
    session.add(consultation)
    try:
        await session.flush()
    except IntegrityError:
        raise AlreadyDone(f"a consultation with the code {data.code} already exists") from None
    await write_questions(session, consultation, data, weigh)
    await _record(session, "created", data.code, who=who, now=now, new=data)
    return consultation


def columns(data: ConsultationIn) -> dict[str, Any]:
    """Return the values for a consultation's columns, except its code."""
    return {
        "title": data.title.model_dump(),
        "closes_at": data.closes_at,
        "opens_at": data.opens_at,
        "invited_only": data.invited_only,
        "numbers": data.numbers,
        "receipts": data.receipt_mode(),
    }


async def write_questions(
    session: AsyncSession, consultation: Consultation, data: ConsultationIn, weigh: Weigh | None
) -> None:
    """Store the questions of a draft. Raises Invalid if a message is too long."""
    for position, question in enumerate(data.questions):
        await _add_question(session, consultation, position, question)
    await session.flush()
    if weigh is not None:
        sms_budget.check(weigh(await content.read(session, consultation_id=consultation.id)))


async def _add_question(session: AsyncSession, consultation: Consultation, position: int, data: QuestionIn) -> None:
    question = Question(
        consultation_id=consultation.id,
        position=position,
        kind=data.kind,
        text=data.text.model_dump(),
        rules=data.stored_rules(),
    )
    session.add(question)
    await session.flush()
    rows = [
        Option(
            question_id=question.id,
            position=place,
            label=option.label(),
            detail=option.detail.model_dump() if option.detail is not None else None,
            reference=option.reference,
        )
        for place, option in enumerate(data.options)
    ]
    session.add_all(rows)
    if any(option.also for option in data.options):
        await session.flush()
        for row, option in zip(rows, data.options, strict=True):
            option_words.add_from_author(session, row.id, option.also)


async def discard(session: AsyncSession, code: str, *, who: str, now: datetime) -> None:
    """Delete a draft with its questions, and record who did so. Its proposals can then be used in another vote.

    Raises NotFound. Raises Conflict if the consultation was opened, or if a campaign or a meeting refers to it.
    """
    consultation = await service.locked(session, code)
    if consultation.state != ConsultationState.DRAFT:
        raise Conflict(f"{code} is {consultation.state}: only a draft can be discarded")
    await delete_questions(session, consultation)
    try:
        await session.execute(delete(Consultation).where(Consultation.id == consultation.id))
    except IntegrityError:  # a foreign key of a campaign or a meeting refers to the draft
        raise Conflict(f"{code} cannot be discarded, because a campaign or a meeting refers to it") from None
    await _record(session, "discarded", code, who=who, now=now)


async def delete_questions(session: AsyncSession, consultation: Consultation) -> None:
    """Delete the questions of a consultation, with their options."""
    await option_words.forget(session, consultation.id)
    questions = select(Question.id).where(Question.consultation_id == consultation.id)
    await session.execute(delete(Option).where(Option.question_id.in_(questions)))
    await session.execute(delete(Question).where(Question.consultation_id == consultation.id))


async def _record(session: AsyncSession, act: str, code: str, *, who: str, now: datetime, new: Any = None) -> None:
    await audit.note(session, who=who, act=f"consultation {act}", subject=f"consultation {code}", now=now, new=new)
