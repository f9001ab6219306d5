"""Drafts of consultations: writing one down, and throwing it away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.consultations import content, service, sms_budget
from api.consultations.models import Consultation, Option, Question
from api.consultations.schemas import ConsultationIn, QuestionIn
from api.consultations.service import DRAFT
from api.consultations.sms_budget import Weigh
from api.consultations.words import given_words
from api.errors import AlreadyDone, Conflict


async def create(
    session: AsyncSession, given: ConsultationIn, *, who: str, now: datetime, weigh: Weigh | None = None
) -> Consultation:
    """Keep a new consultation as a draft; who did it is recorded.

    Raises AlreadyDone where its code is taken, Invalid where a text is too long. `weigh` measures its messages:
    what reaches residents by SMS is written through it.
    """
    made = Consultation(code=given.code, state=DRAFT, revision=1, secret=None, created_at=now, **written(given))
    session.add(made)
    try:
        await session.flush()
    except IntegrityError:
        raise AlreadyDone(f"there is a consultation {given.code} already") from None
    await fill(session, made, given, weigh)
    await _record(session, "created", given.code, who=who, now=now)
    return made


def written(given: ConsultationIn) -> dict[str, Any]:
    """The columns of what staff wrote, without its questions and its code."""
    return {
        "title": given.title.model_dump(),
        "closes_at": given.closes_at,
        "opens_at": given.opens_at,
        "invited_only": given.invited_only,
        "numbers": given.numbers,
        "receipts": given.kept_receipts(),
    }


async def fill(session: AsyncSession, consultation: Consultation, given: ConsultationIn, weigh: Weigh | None) -> None:
    """Keep its questions. Raises Invalid where one of its messages is too long."""
    for position, asked in enumerate(given.questions):
        await _ask(session, consultation, position, asked)
    await session.flush()
    if weigh is not None:
        sms_budget.check(weigh(await content.read(session, consultation_id=consultation.id)))


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
    made = [
        Option(
            question_id=question.id,
            position=place,
            label=option.label(),
            detail=option.detail.model_dump() if option.detail is not None else None,
            reference=option.reference,
        )
        for place, option in enumerate(asked.options)
    ]
    session.add_all(made)
    if any(option.also for option in asked.options):
        await session.flush()
        for row, option in zip(made, asked.options, strict=True):
            given_words.write(session, row.id, option.also)


async def discard(session: AsyncSession, code: str, *, who: str, now: datetime) -> None:
    """Delete a draft with all it asks; its proposals are free for another round. Who did it is recorded.

    Raises NotFound, or Conflict where it was opened, or where a campaign or a meeting names it.
    """
    found = await service.locked(session, code)
    if found.state != DRAFT:
        raise Conflict(f"{code} is {found.state}, only a draft can be discarded")
    await empty(session, found)
    try:
        await session.execute(delete(Consultation).where(Consultation.id == found.id))
    except IntegrityError:  # whoever names it holds it by a foreign key
        raise Conflict(f"a campaign or a meeting names {code}: it cannot be discarded") from None
    await _record(session, "discarded", code, who=who, now=now)


async def empty(session: AsyncSession, found: Consultation) -> None:
    """Delete its questions."""
    await given_words.forget(session, found.id)
    asked = select(Question.id).where(Question.consultation_id == found.id)
    await session.execute(delete(Option).where(Option.question_id.in_(asked)))
    await session.execute(delete(Question).where(Question.consultation_id == found.id))


async def _record(session: AsyncSession, act: str, code: str, *, who: str, now: datetime) -> None:
    await audit.note(session, who=who, act=f"consultation {act}", subject=f"consultation {code}", now=now)
