"""Edit a draft of a consultation, and copy a consultation into a new draft.

A round of proposals is a consultation whose options are proposals. It cannot be edited or copied here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.consultations import content, drafts, service
from api.consultations.models import Consultation, ConsultationState, Option, Question
from api.consultations.schemas import ConsultationIn
from api.consultations.sms_budget import Weigh
from api.errors import Conflict
from api.text.fault_words import faults

_WRITING = ("consultation created", "consultation edited", "consultation cloned")  # acts
_COLUMNS = ("code", "title", "opens_at", "closes_at", "invited_only", "numbers", "receipts")


async def edit(
    session: AsyncSession, code: str, data: ConsultationIn, *, who: str, now: datetime, weigh: Weigh | None = None
) -> Consultation:
    """Replace the content of a draft and record who did so. The draft keeps its code.

    Raises NotFound, and Invalid if a text is too long. Raises Conflict if the consultation was opened, or if its
    options are proposals.
    """
    consultation = await service.locked(session, code)
    if consultation.state != ConsultationState.DRAFT:
        raise Conflict(f"{code} is {consultation.state}: only a draft can be edited, so clone {code} instead")
    if data.code != code:
        raise Conflict(f"the code of a consultation cannot be changed: keep {code}, or clone the consultation")
    await _refuse_round(session, consultation)
    before = await _fields(session, consultation)
    for name, value in drafts.columns(data).items():
        setattr(consultation, name, value)
    await drafts.delete_questions(session, consultation)
    await drafts.write_questions(session, consultation, data, weigh)
    consultation.revision += 1
    changed = audit.changes(before, await _fields(session, consultation))
    await audit.note(session, who=who, act="consultation edited", subject=f"consultation {code}", now=now, **changed)
    return consultation


async def clone(session: AsyncSession, code: str, new: str, *, who: str, now: datetime) -> Consultation:
    """Create a draft with the questions of another consultation, but without its opening and closing times.

    Raises NotFound, AlreadyDone if the new code is taken, and Conflict if the options are proposals or
    if it no longer fits the rules for consultations.
    """
    original = await service.get(session, code)
    await _refuse_round(session, original)
    data = (await as_input(session, original)).model_copy(update={"code": new, "opens_at": None, "closes_at": None})
    copy = await drafts.create(session, ConsultationIn.model_validate(data.model_dump()), who=who, now=now)
    of = {"subject": f"consultation {new}", "about": f"consultation {code}"}
    await audit.note(session, who=who, act="consultation cloned", **of, now=now)
    return copy


async def authors(session: AsyncSession, consultation_id: int) -> set[str]:
    """Return the names of everyone who wrote a consultation, or the one that it is a copy of."""
    code = (await session.get_one(Consultation, consultation_id)).code
    return await audit.writers(session, f"consultation {code}", _WRITING)


async def as_input(session: AsyncSession, consultation: Consultation) -> ConsultationIn:
    """Return a consultation in the form in which staff write it.

    Raises Conflict if it no longer fits the rules for consultations, which have changed since.
    """
    try:
        return ConsultationIn.model_validate(await _fields(session, consultation))
    except ValidationError as error:
        raise Conflict(
            f"{consultation.code} does not fit the present rules for consultations: {faults(error)}"
        ) from None


async def _fields(session: AsyncSession, consultation: Consultation) -> dict[str, Any]:
    return {
        **{name: getattr(consultation, name) for name in _COLUMNS},
        "questions": [
            {
                "kind": each.kind,
                "text": each.text,
                "rules": each.rules,
                "options": [_option(option) for option in each.options if each.kind != content.PLACE],
            }
            for each in await content.read(session, consultation_id=consultation.id)
        ],
    }


def _option(option: content.OptionContent) -> dict[str, Any]:
    return {**option.label, "detail": option.detail, "reference": option.reference, "also": list(option.also)}


async def _refuse_round(session: AsyncSession, consultation: Consultation) -> None:
    """Raise Conflict if the options are proposals, whose texts cannot be changed here."""
    proposals = select(Option.id).join(Question, Question.id == Option.question_id)
    of_this = (Question.consultation_id == consultation.id, Option.reference.is_not(None))
    if await session.scalar(proposals.where(*of_this).limit(1)) is not None:
        raise Conflict(f"{consultation.code} is a vote on proposals: edit the proposals, or create another vote")
