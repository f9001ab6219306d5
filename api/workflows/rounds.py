"""Rounds: a consultation made of proposals; and closing one, which tells each proposal what the vote decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors
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

WHO = actors.VOTE  # who chose a proposal, where nobody of the staff did
_KINDS: Mapping[str, str] = {
    "approve": "several", "up_to": "several", "ranking": "ranking", "points": "points", "statements": "statements",
}  # fmt: skip


async def create(
    session: AsyncSession, given: RoundIn, *, catalogs: Catalogs, who: str, now: datetime, weigh: Weigh | None = None
) -> Consultation:
    """Keep a round as a draft; its options are the proposals, their titles and texts as they stand.

    Raises NotFound, AlreadyDone where its code is taken, Conflict where a proposal cannot be voted on or is in another
    round that is not over, and Invalid where the kind does not take so many.
    """
    found = await service.lock_by_number(session, given.proposals)
    for each in found:
        if each.state not in transitions.ELIGIBLE:
            raise Conflict(f"proposal {each.id} is {each.state}: a vote is held on published ones")
    await _only_here(session, [each.code for each in found])
    await messages.renew(session, catalogs)
    try:
        asked = ConsultationIn.model_validate(_consultation(given, found, catalogs))
    except ValidationError as error:
        raise invalid(error) from None
    return await drafts.create(session, asked, who=who, now=now, weigh=weigh)


async def close(
    session: AsyncSession, code: str, *, kit: ProposalContext, who: str, now: datetime, key_is_lost: bool = False
) -> Consultation:
    """Close any consultation, and say of the proposals it was about what it decided; their authors are told.

    Raises what `lifetime.close` does.
    """
    found = await lifecycle.close_ballots(session, code, who=who, now=now, key_is_lost=key_is_lost)
    await _settle(session, [found], kit=kit, now=now)
    return found


async def close_due(session: AsyncSession, *, kit: ProposalContext, now: datetime) -> int:
    """Close every consultation whose time has come, likewise; returns how many. Each once, however many look."""
    closed = await lifecycle.close_due(session, now=now)
    await _settle(session, closed, kit=kit, now=now)
    return len(closed)


async def _settle(
    session: AsyncSession, closed: Sequence[Consultation], *, kit: ProposalContext, now: datetime
) -> None:
    """Let proposals take the step the vote decided on; one that was withdrawn or committed meanwhile takes none.

    No proposal is in two rounds that are not over. All are locked before any ideas, and these together in their order:
    a moderator may be about to merge two of them.
    """
    decided: dict[str, bool] = {}
    for consultation in closed:
        decided |= await outcome.chosen_references(session, consultation)
    waiting = await session.scalars(
        select(Proposal)
        .where(Proposal.code.in_(decided), Proposal.state.in_(transitions.ELIGIBLE))
        .order_by(Proposal.id)
        .with_for_update()
    )
    chosen = waiting.all()
    await search.lock_ideas_of(session, *(each.id for each in chosen))
    for each in chosen:
        step = actions.choose if decided[each.code] else actions.pass_over
        await step(session, each.code, who=WHO, context=kit, now=now)


async def _only_here(session: AsyncSession, codes: Sequence[str]) -> None:
    """Raises Conflict where one of these is in a round that is not over."""
    held = await listing.unfinished_votes(session, codes)
    if held:
        proposal, vote = min(held.items())
        raise Conflict(f"the proposal {proposal} is in the round {vote} already, which is not over")


def _consultation(given: RoundIn, found: Sequence[Proposal], catalogs: Catalogs) -> dict[str, Any]:
    voices = vote_options.voices(catalogs)
    usual = {language: _question(voice, given.kind) for language, voice in voices.items()}
    title = {language: voice("round.title") for language, voice in voices.items()}
    asked = {
        "kind": _KINDS[given.kind],
        "text": given.question.model_dump() if given.question else usual,
        "rules": given.model_dump(include={"most", "total", "sitting", "threshold"}),
        "options": [vote_options.option(each, voices) for each in found],
    }
    return {
        "code": given.code,
        "title": given.title.model_dump() if given.title else title,
        "questions": [asked],
        "numbers": given.numbers,
        "opens_at": given.opens_at,
        "closes_at": given.closes_at,
        "receipts": given.receipts,
    }


def _question(voice: Voice, kind: str) -> str:
    return voice("round.statements") if kind == "statements" else voice("round.ask")
