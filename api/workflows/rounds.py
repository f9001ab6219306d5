"""Create rounds (votes on proposals). Close consultations, and record for each proposal whether it was chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors
from api.actors import Action
from api.consultations import drafts, lifecycle
from api.consultations.models import Consultation
from api.consultations.schemas import ConsultationIn
from api.consultations.sms_budget import Weigh
from api.errors import Conflict
from api.i18n import Catalogs, Voice
from api.messages import service as messages
from api.proposals import actions, listing, service, transitions
from api.proposals.context import ProposalContext
from api.proposals.ideas import search
from api.proposals.models import Proposal
from api.results import outcome
from api.text.fault_words import invalid
from api.workflows import vote_options
from api.workflows.round_schemas import RoundIn

WHO = actors.VOTE  # recorded as the actor if a vote, not a person, chose a proposal
_KINDS: Mapping[str, str] = {
    "approve": "several", "up_to": "several", "ranking": "ranking", "points": "points", "statements": "statements",
}  # fmt: skip


async def create(
    session: AsyncSession, data: RoundIn, *, catalogs: Catalogs, action: Action, weigh: Weigh | None = None
) -> Consultation:
    """Create a draft of a round. Its options are the proposals, with their current titles and texts.

    Raises NotFound, AlreadyDone if the code is taken, or Invalid if the kind of vote does not allow this number of
    options. Raises Conflict if a proposal cannot be voted on, or is in another unfinished round.
    """
    proposals = await service.lock_by_number(session, data.proposals)
    for proposal in proposals:
        if proposal.state not in transitions.ELIGIBLE:
            raise Conflict(f"proposal {proposal.id} is {proposal.state}: only published proposals can be voted on")
    await _check_free(session, [proposal.code for proposal in proposals])
    await messages.renew(session, catalogs)
    try:
        consultation = ConsultationIn.model_validate(_consultation(data, proposals, catalogs))
    except ValidationError as error:
        raise invalid(error) from None
    return await drafts.create(session, consultation, who=action.actor, now=action.at, weigh=weigh)


async def close(
    session: AsyncSession, code: str, *, kit: ProposalContext, action: Action, key_is_lost: bool = False
) -> Consultation:
    """Close a consultation, record which of its proposals were chosen, and notify the proposals' authors.

    Raises NotFound; Conflict if the consultation is not open; KeyLost if its key is missing; Unavailable if a vault
    folder is missing. With `key_is_lost`, it is closed without its key. Raises Conflict if the key
    is not lost.
    """
    by, now = action.actor, action.at
    consultation = await lifecycle.close_ballots(session, code, who=by, now=now, key_is_lost=key_is_lost)
    await _settle(session, [consultation], kit=kit, now=now)
    return consultation


async def close_due(session: AsyncSession, *, kit: ProposalContext, now: datetime) -> int:
    """Close every consultation whose closing time has come and return their number.

    Records which proposals were chosen and notifies the proposals' authors. Several processes may call this at once.
    """
    closed = await lifecycle.close_due(session, now=now)
    await _settle(session, closed, kit=kit, now=now)
    return len(closed)


async def _settle(
    session: AsyncSession, closed: Sequence[Consultation], *, kit: ProposalContext, now: datetime
) -> None:
    """Record whether each proposal was chosen by a vote."""
    decided: dict[str, bool] = {}
    for consultation in closed:
        decided |= await outcome.chosen_references(session, consultation)
    # proposals withdrawn or committed meanwhile are skipped
    waiting = await session.scalars(
        select(Proposal)
        .where(Proposal.code.in_(decided), Proposal.state.in_(transitions.ELIGIBLE))
        .order_by(Proposal.id)
        .with_for_update()
    )
    proposals = waiting.all()
    # all proposals are locked before any idea, and ideas in order of number, to avoid deadlocks
    await search.lock_ideas_of(session, *(proposal.id for proposal in proposals))
    for proposal in proposals:
        record = actions.choose if decided[proposal.code] else actions.pass_over
        await record(session, proposal.code, who=WHO, context=kit, now=now)


async def _check_free(session: AsyncSession, codes: Sequence[str]) -> None:
    """Raise Conflict if one of these proposals is in an unfinished round."""
    taken = await listing.unfinished_votes(session, codes)
    if taken:
        proposal, vote = min(taken.items())
        raise Conflict(f"the proposal {proposal} is already in the vote {vote}, which has not closed yet")


def _consultation(data: RoundIn, proposals: Sequence[Proposal], catalogs: Catalogs) -> dict[str, Any]:
    voices = vote_options.voices(catalogs)
    usual = {language: _question(voice, data.kind) for language, voice in voices.items()}
    title = {language: voice("round.title") for language, voice in voices.items()}
    question = {
        "kind": _KINDS[data.kind],
        "text": data.question.model_dump() if data.question else usual,
        "rules": data.model_dump(include={"most", "total", "sitting", "threshold"}),
        "options": [vote_options.option(proposal, voices) for proposal in proposals],
    }
    return {
        "code": data.code,
        "title": data.title.model_dump() if data.title else title,
        "questions": [question],
        "numbers": data.numbers,
        "opens_at": data.opens_at,
        "closes_at": data.closes_at,
        "receipts": data.receipts,
    }


def _question(voice: Voice, kind: str) -> str:
    return voice("round.statements") if kind == "statements" else voice("round.ask")
