"""The demonstration's votes on proposals: one that is over, with what it chose and did not, and one that is open."""

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


def given() -> Any:
    """The proposals and both votes as JSON."""
    return json.loads((Path(__file__).parent / "files" / "demo_rounds.json").read_text(encoding="utf-8"))


async def load(session: AsyncSession, *, plan: str, now: datetime) -> None:
    """Load what is not there yet, by the very steps that staff take."""
    data, kit = given(), ideas.quiet()
    known = set(await session.scalars(select(Proposal.code)))
    for each in data["proposals"]:
        if each["code"] not in known:
            await ideas.propose(session, each, [], plan=plan, kit=kit)
            if each["code"] == data["picture"]:
                await pictures.save(session, each["code"], picture.drawn(), who=_WHO, now=now)
    asked = set(await session.scalars(select(Consultation.code)))
    if data["held"]["round"]["code"] not in asked:
        await _hold(session, data["held"], kit=kit, now=now)
    if data["open"]["round"]["code"] not in asked:
        await _open(session, data["open"], kit=kit, now=now)


async def _open(session: AsyncSession, given: dict[str, Any], *, kit: ProposalContext, now: datetime) -> Consultation:
    numbers = [(await service.get(session, code)).id for code in given["proposals"]]
    wanted = RoundIn.model_validate({**given["round"], "proposals": numbers})
    made = await rounds.create(session, wanted, catalogs=kit.catalogs, action=Action(actors.DEMO, now))
    return await lifecycle.open_draft(session, made.code, who=actors.DEMO, now=now, smallest=votes.SMALLEST)


async def _hold(session: AsyncSession, given: dict[str, Any], *, kit: ProposalContext, now: datetime) -> None:
    """A week ago, with ballots of nobody; its closing chooses."""
    then = now - timedelta(days=7)
    made = await _open(session, given, kit=kit, now=then)
    [question] = await content.read(session, consultation_id=made.id)
    values = {option.reference: option.value for option in question.options}
    ballots = [tuple(values[code] for code in codes) for count, codes in given["ballots"] for _ in range(count)]
    await votes.cast(session, question, ballots, consultation_id=made.id, now=then)
    await rounds.close(session, made.code, kit=kit, action=Action(actors.DEMO, now))
