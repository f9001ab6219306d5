"""Proposals as the options of a vote: their titles and texts, as drafts of votes hold them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.fields import DETAIL
from api.consultations.models import Consultation, ConsultationState, Option, Question
from api.i18n import LANGUAGES, Catalogs, Voice
from api.messages import service as messages
from api.proposals import editing
from api.proposals.models import Proposal
from api.proposals.schemas import ProposalEdit
from api.text.shortening import excerpt


async def edit(
    session: AsyncSession, code: str, given: ProposalEdit, *, who: str, catalogs: Catalogs, now: datetime
) -> Proposal:
    """Change a proposal, as `changing.edit` does, and the drafts of votes on it with it. Raises the same."""
    found = await editing.apply_edit(session, code, given, who=who, now=now)
    await messages.renew(session, catalogs)
    fresh = option(found, voices(catalogs))
    rows = await session.execute(
        select(Option, Consultation)
        .join(Question, Question.id == Option.question_id)
        .join(Consultation, Consultation.id == Question.consultation_id)
        .where(Option.reference == code, Consultation.state == ConsultationState.DRAFT)
    )
    for held, vote in rows:
        held.label, held.detail = found.title, fresh["detail"]
        vote.revision += 1
    await session.flush()
    return found


def voices(catalogs: Catalogs) -> dict[str, Voice]:
    """A voice of each language."""
    return {language: catalogs.voice(language) for language in LANGUAGES}


def option(proposal: Proposal, said: Mapping[str, Voice]) -> dict[str, Any]:
    """The option of a vote that a proposal is, as one that is made is given."""
    detail = {language: _detail(proposal, voice) for language, voice in said.items()}
    return {**proposal.title, "detail": detail, "reference": proposal.code}


def _detail(proposal: Proposal, voice: Voice) -> str:
    """Its text; one that is longer than an option's may be ends in the words that get all of it."""
    text = voice.pick(proposal.text)
    if len(text) <= DETAIL:
        return text
    more = voice("round.more", number=proposal.id)
    return f"{excerpt(text, DETAIL - len(more) - 1)} {more}"
