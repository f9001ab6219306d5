"""Drafts of consultations: writing one down, editing and copying it, and throwing it away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.consultations import content, service, weights
from api.consultations.models import Consultation, Option, Question
from api.consultations.schemas import ConsultationIn, QuestionIn
from api.consultations.service import DRAFT
from api.consultations.weights import Weigh
from api.errors import AlreadyDone, Conflict

_KEPT = ("code", "title", "opens_at", "closes_at", "invited_only", "numbers", "receipts")


async def create(
    session: AsyncSession, given: ConsultationIn, *, now: datetime, weigh: Weigh | None = None
) -> Consultation:
    """Keep a new consultation as a draft. Raises AlreadyDone where its code is taken, Invalid where a text is too long.

    `weigh` measures its messages: what reaches residents by SMS is written through it.
    """
    made = Consultation(code=given.code, state=DRAFT, revision=1, secret=None, created_at=now, **_written(given))
    session.add(made)
    try:
        await session.flush()
    except IntegrityError:
        raise AlreadyDone(f"there is a consultation {given.code} already") from None
    await _fill(session, made, given, weigh)
    return made


async def edit(
    session: AsyncSession, code: str, given: ConsultationIn, *, who: str, now: datetime, weigh: Weigh | None = None
) -> Consultation:
    """Write a draft anew, under the same code; who did it is recorded.

    Raises NotFound, Conflict where it was opened or is made of proposals, Invalid where a text is too long.
    """
    found = await service.locked(session, code)
    if found.state != DRAFT:
        raise Conflict(f"{code} is {found.state}, only a draft can be edited: clone it")
    if given.code != code:
        raise Conflict(f"its code stays {code}")
    await _own_words(session, found)
    for name, value in _written(given).items():
        setattr(found, name, value)
    await _empty(session, found)
    await _fill(session, found, given, weigh)
    found.revision += 1
    await audit.note(session, who=who, act="consultation edited", subject=f"consultation {code}", now=now)
    return found


async def clone(session: AsyncSession, code: str, new: str, *, who: str, now: datetime) -> Consultation:
    """A new draft that asks the same, without its times. Raises NotFound, AlreadyDone, or Conflict for a round."""
    found = await service.get(session, code)
    await _own_words(session, found)
    given = (await written_as(session, found)).model_copy(update={"code": new, "opens_at": None, "closes_at": None})
    made = await create(session, ConsultationIn.model_validate(given.model_dump()), now=now)
    await audit.note(session, who=who, act="consultation cloned", subject=f"consultation {new}", now=now)
    return made


async def written_as(session: AsyncSession, found: Consultation) -> ConsultationIn:
    """A consultation in the form in which staff write it."""
    questions = await content.read(session, consultation_id=found.id)
    return ConsultationIn.model_validate(
        {
            **{name: getattr(found, name) for name in _KEPT},
            "questions": [
                {
                    "kind": each.kind,
                    "text": each.text,
                    "rules": each.rules,
                    "options": [_option(option) for option in each.options if each.kind != content.PLACE],
                }
                for each in questions
            ],
        }
    )


def _option(given: content.OptionContent) -> dict[str, Any]:
    return {**given.label, "detail": given.detail, "reference": given.reference}


async def _own_words(session: AsyncSession, found: Consultation) -> None:
    """Raises Conflict where its options are proposals, whose words these are."""
    proposals = select(Option.id).join(Question, Question.id == Option.question_id)
    of_this = (Question.consultation_id == found.id, Option.reference.is_not(None))
    if await session.scalar(proposals.where(*of_this).limit(1)) is not None:
        raise Conflict(f"{found.code} is made of proposals: edit these, or make another round of them")


def _written(given: ConsultationIn) -> dict[str, Any]:
    return {
        "title": given.title.model_dump(),
        "closes_at": given.closes_at,
        "opens_at": given.opens_at,
        "invited_only": given.invited_only,
        "numbers": given.numbers,
        "receipts": given.kept_receipts(),
    }


async def _fill(session: AsyncSession, consultation: Consultation, given: ConsultationIn, weigh: Weigh | None) -> None:
    for position, asked in enumerate(given.questions):
        await _ask(session, consultation, position, asked)
    await session.flush()
    if weigh is not None:
        weights.check(weigh(await content.read(session, consultation_id=consultation.id)))


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
    await _empty(session, found)
    try:
        await session.execute(delete(Consultation).where(Consultation.id == found.id))
    except IntegrityError:  # whoever names it holds it by a foreign key
        raise Conflict(f"a campaign or a meeting names {code}: it cannot be discarded") from None


async def _empty(session: AsyncSession, found: Consultation) -> None:
    """Delete its questions."""
    asked = select(Question.id).where(Question.consultation_id == found.id)
    await session.execute(delete(Option).where(Option.question_id.in_(asked)))
    await session.execute(delete(Question).where(Question.consultation_id == found.id))
