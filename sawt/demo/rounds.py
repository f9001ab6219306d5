"""The demonstration's two votes on proposals. One is closed, with chosen and rejected proposals; the other is open."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors
from api.actors import Action
from api.consultations import content, lifecycle
from api.consultations.models import Consultation
from api.proposals import pictures, service
from api.proposals.context import ProposalContext
from api.proposals.models import Proposal
from api.workflows import rounds
from api.workflows.round_schemas import RoundIn
from sawt.demo import ideas, picture, votes

_WHO = actors.DEMO


def rounds_data() -> Any:
    """Return the proposals and both votes from the JSON file."""
    return json.loads((Path(__file__).parent / "files" / "demo_rounds.json").read_text(encoding="utf-8"))


async def load(session: AsyncSession, *, plan: str, now: datetime) -> None:
    """Load the proposals and votes that do not exist yet, through the functions that staff commands use."""
    data, kit = rounds_data(), ideas.silent_kit()
    known = set(await session.scalars(select(Proposal.code)))
    for each in data["proposals"]:
        if each["code"] not in known:
            await ideas.propose(session, each, [], plan=plan, kit=kit)
            if each["code"] == data["picture"]:
                await pictures.save(session, each["code"], picture.drawn(), who=_WHO, now=now)
    consultations = set(await session.scalars(select(Consultation.code)))
    if data["held"]["round"]["code"] not in consultations:
        await _hold_past(session, data["held"], kit=kit, now=now)
    if data["open"]["round"]["code"] not in consultations:
        await _open(session, data["open"], kit=kit, now=now)


async def _open(session: AsyncSession, data: dict[str, Any], *, kit: ProposalContext, now: datetime) -> Consultation:
    numbers = [(await service.get(session, code)).id for code in data["proposals"]]
    wanted = RoundIn.model_validate({**data["round"], "proposals": numbers})
    draft = await rounds.create(session, wanted, catalogs=kit.catalogs, action=Action(actors.DEMO, now))
    return await lifecycle.open_draft(session, draft.code, who=actors.DEMO, now=now, smallest=votes.SMALLEST)


async def _hold_past(session: AsyncSession, data: dict[str, Any], *, kit: ProposalContext, now: datetime) -> None:
    """Create a closed vote with ballots of invented voters, so that some proposals are chosen."""
    then = now - timedelta(days=7)
    vote = await _open(session, data, kit=kit, now=then)
    [question] = await content.read(session, consultation_id=vote.id)
    values = {option.reference: option.value for option in question.options}
    ballots = [tuple(values[code] for code in codes) for count, codes in data["ballots"] for _ in range(count)]
    await votes.cast(session, question, ballots, consultation_id=vote.id, now=then)
    await rounds.close(session, vote.code, kit=kit, action=Action(actors.DEMO, now))
