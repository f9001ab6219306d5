"""Turn proposals into options of votes, and update drafts of votes when a proposal is edited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.actors import Action
from api.consultations.fields import DETAIL
from api.consultations.models import Consultation, ConsultationState, Option, Question
from api.i18n import LANGUAGES, Catalogs, Voice
from api.messages import service as messages
from api.proposals import editing
from api.proposals.models import Proposal
from api.proposals.schemas import ProposalEdit
from api.text.shortening import excerpt


async def edit(session: AsyncSession, code: str, data: ProposalEdit, *, action: Action, catalogs: Catalogs) -> Proposal:
    """Edit a proposal, and the copies of its text in drafts of votes.

    Raises NotFound, Invalid if there is no such theme or province, or Conflict if a vote on the proposal has opened.
    """
    proposal = await editing.apply_edit(session, code, data, who=action.actor, now=action.at)
    await messages.renew(session, catalogs)
    fresh = option(proposal, voices(catalogs))
    rows = await session.execute(
        select(Option, Consultation)
        .join(Question, Question.id == Option.question_id)
        .join(Consultation, Consultation.id == Question.consultation_id)
        .where(Option.reference == code, Consultation.state == ConsultationState.DRAFT)
    )
    for copy, vote in rows:
        copy.label, copy.detail = proposal.title, fresh["detail"]
        vote.revision += 1
    await session.flush()
    return proposal


def voices(catalogs: Catalogs) -> dict[str, Voice]:
    """Return the renderer of messages (`Voice`) for each language code."""
    return {language: catalogs.voice(language) for language in LANGUAGES}


def option(proposal: Proposal, by_language: Mapping[str, Voice]) -> dict[str, Any]:
    """Return the fields of the option (`OptionIn`) that represents a proposal in a vote."""
    detail = {language: _detail(proposal, voice) for language, voice in by_language.items()}
    return {**proposal.title, "detail": detail, "reference": proposal.code}


def _detail(proposal: Proposal, voice: Voice) -> str:
    """Return the proposal's text, or an excerpt that says how to get the rest."""
    text = voice.pick(proposal.text)
    if len(text) <= DETAIL:
        return text
    more = voice("round.more", number=proposal.id)
    return f"{excerpt(text, DETAIL - len(more) - 1)} {more}"
