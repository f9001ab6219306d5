"""Agents over the JSON API: let in, list, end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.agents import service
from api.agents.models import Agent
from api.agents.schemas import AgentIn, AgentOut, NewAgent
from api.deps import KeyringDep, Now, Session, staff_router

router = staff_router("/agents", "agents")


@router.get("")
async def every(session: Session, now: Now) -> list[AgentOut]:
    """All agents, the newest first."""
    found, today = await service.every(session), await service.people_today(session, now=now)
    return [AgentOut(**_shown(each, today.get(each.id, 0))) for each in found]


@router.post("", status_code=201)
async def create(given: AgentIn, session: Session, keyring: KeyringDep, now: Now) -> NewAgent:
    """Let an agent in; the code is shown this once."""
    made, code = await service.create(session, given, keyring=keyring, now=now)
    return NewAgent(**await shown(session, made, now), code=code)


@router.post("/{number}/end")
async def end(number: int, session: Session, now: Now) -> AgentOut:
    """Let an agent in no more."""
    return AgentOut(**await shown(session, await service.end(session, number), now))


async def shown(session: AsyncSession, found: Agent, now: datetime) -> dict[str, Any]:
    """What staff see of an agent."""
    return _shown(found, (await service.people_today(session, now=now)).get(found.id, 0))


def _shown(found: Agent, today: int) -> dict[str, Any]:
    return {
        "number": found.id,
        "limit": found.daily,
        "today": today,
        **{name: getattr(found, name) for name in ("name", "province", "state", "made_at", "made_by")},
    }
