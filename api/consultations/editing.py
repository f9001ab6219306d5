"""Editing a draft of a consultation, and copying a consultation into a new draft."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.consultations import content, drafts, service
from api.consultations.models import Consultation, Option, Question
from api.consultations.schemas import ConsultationIn
from api.consultations.service import DRAFT
from api.consultations.sms_budget import Weigh
from api.errors import Conflict

_KEPT = ("code", "title", "opens_at", "closes_at", "invited_only", "numbers", "receipts")


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
    for name, value in drafts.written(given).items():
        setattr(found, name, value)
    await drafts.empty(session, found)
    await drafts.fill(session, found, given, weigh)
    found.revision += 1
    await audit.note(session, who=who, act="consultation edited", subject=f"consultation {code}", now=now)
    return found


async def clone(session: AsyncSession, code: str, new: str, *, who: str, now: datetime) -> Consultation:
    """A new draft that asks the same, without its times. Raises NotFound, AlreadyDone, or Conflict for a round."""
    found = await service.get(session, code)
    await _own_words(session, found)
    given = (await written_as(session, found)).model_copy(update={"code": new, "opens_at": None, "closes_at": None})
    made = await drafts.create(session, ConsultationIn.model_validate(given.model_dump()), who=who, now=now)
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
    return {**given.label, "detail": given.detail, "reference": given.reference, "also": list(given.also)}


async def _own_words(session: AsyncSession, found: Consultation) -> None:
    """Raises Conflict where its options are proposals, whose words these are."""
    proposals = select(Option.id).join(Question, Question.id == Option.question_id)
    of_this = (Question.consultation_id == found.id, Option.reference.is_not(None))
    if await session.scalar(proposals.where(*of_this).limit(1)) is not None:
        raise Conflict(f"{found.code} is made of proposals: edit these, or make another round of them")
