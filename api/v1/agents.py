"""Agents over the JSON API: let in, list, end, free their code, take back what they typed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.agents import service, staff_actions
from api.agents.models import Agent
from api.agents.schemas import AgentIn, AgentOut, NewAgent, VoidIn, VoidOut
from api.pagination import Page
from api.security.rights import Permission
from api.web.deps import Actor, KeyringDep, Now, Session, requires, staff_router
from api.web.paging import Paged

router = staff_router("/agents", "agents", needs=requires(Permission.MANAGE_SETTINGS, local=True))


@router.get("", dependencies=[requires(Permission.ANSWER, Permission.MANAGE_SETTINGS, Permission.AUDIT, local=True)])
async def every(session: Session, now: Now, asked: Paged) -> Page[AgentOut]:
    """Agents, the newest first."""
    found, today = await service.every(session, asked), await service.people_today(session, now=now)
    return found.page(lambda each: AgentOut(**_shown(each, today.get(each.id, 0))))


@router.post("", status_code=201)
async def create(given: AgentIn, who: Actor, session: Session, keyring: KeyringDep, now: Now) -> NewAgent:
    """Let an agent in; the code is shown this once."""
    made, code = await service.create(session, given, who=who, keyring=keyring, now=now)
    return NewAgent(**await shown(session, made, now), code=code)


@router.post("/{number}/end")
async def end(number: int, who: Actor, session: Session, now: Now) -> AgentOut:
    """Let an agent in no more."""
    return AgentOut(**await shown(session, await service.end(session, number, who=who, now=now), now))


@router.post("/{number}/free")
async def free(number: int, who: Actor, session: Session, now: Now) -> AgentOut:
    """Let the next phone that writes the code hold it."""
    return AgentOut(**await shown(session, await staff_actions.free(session, number, who=who, now=now), now))


@router.post("/{number}/void", dependencies=[requires(Permission.MANAGE_SETTINGS, fresh=True, local=True)])
async def void(number: int, given: VoidIn, who: Actor, session: Session, now: Now) -> VoidOut:
    """Take back what an agent typed in an open consultation: it counts no more, and its receipts say so."""
    found = await staff_actions.void(session, number, code=given.consultation, phone=given.phone, who=who, now=now)
    return VoidOut(taken_back=found)


async def shown(session: AsyncSession, found: Agent, now: datetime) -> dict[str, Any]:
    """What staff see of an agent."""
    return _shown(found, (await service.people_today(session, now=now)).get(found.id, 0))


def _shown(found: Agent, today: int) -> dict[str, Any]:
    return {
        "number": found.id,
        "limit": found.daily,
        "today": today,
        "held": found.phone is not None,
        **{
            name: getattr(found, name)
            for name in ("name", "province", "state", "phones", "refused", "made_at", "made_by")
        },
    }
