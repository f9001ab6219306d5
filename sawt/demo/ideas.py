"""The demonstration's ideas and proposals: some ideas are new, two are alike, and one is part of a commitment."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api import actors
from api.clock import now
from api.proposals import actions, service
from api.proposals.context import ProposalContext
from api.proposals.ideas import intake, moderation
from api.proposals.models import Proposal
from api.proposals.schemas import ProposalIn
from api.security.crypto import Keyring
from sawt.context import catalogs

_WHO = actors.DEMO


async def load(session: AsyncSession, *, plan: str) -> None:
    """Load the ideas and proposals. If the database already has one of the proposals, load nothing.

    `plan` is the code of a plan. Some proposals become part of one of its commitments.
    """
    data = json.loads((Path(__file__).parent / "files" / "demo_ideas.json").read_text(encoding="utf-8"))
    codes = [each["code"] for each in data["proposals"]]
    if await session.scalar(select(Proposal.id).where(Proposal.code.in_(codes)).limit(1)) is not None:
        return
    kit = silent_kit()
    ideas_of: dict[str, list[int]] = {}
    for each in data["ideas"]:
        code = each.pop("proposal")
        idea = await intake.store(session, **each, channel="web", who=_WHO, now=now())
        if code is not None:
            await moderation.read(session, idea.id, who=_WHO, context=kit, now=now())
            await moderation.publish(session, idea.id, text=None, who=_WHO, now=now())
            ideas_of.setdefault(code, []).append(idea.id)
    for each in data["proposals"]:
        await propose(session, each, ideas_of[each["code"]], plan=plan, kit=kit)


def silent_kit() -> ProposalContext:
    """Return a context in which staff can work on ideas and proposals without anybody being notified.

    The context's keys are never stored.
    """
    return ProposalContext(catalogs(), Keyring.parse(Keyring.generate()))


async def propose(
    session: AsyncSession, data: dict[str, Any], numbers: list[int], *, plan: str, kit: ProposalContext
) -> None:
    """Publish a proposal with these ideas. If `data` names a commitment of the plan, link the proposal to it."""
    commitment = data.pop("commitment")
    proposal = await service.create(session, ProposalIn(**data, ideas=numbers), who=_WHO, now=now())
    await actions.publish(session, proposal.code, who=_WHO, context=kit, now=now())
    if commitment is not None:
        await actions.commit(session, proposal.code, plan=plan, number=commitment, who=_WHO, context=kit, now=now())
