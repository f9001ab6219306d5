"""Agents over the JSON API: let in, list, end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from api.agents import service
from api.agents.models import Agent
from api.agents.schemas import AgentIn, AgentOut, NewAgent
from api.clock import Clock
from api.crypto import Keyring
from api.db import Database


def router(db: Database, keyring: Keyring, clock: Clock) -> APIRouter:
    """The routes below /agents."""
    routes = APIRouter(prefix="/agents", tags=["agents"])

    @routes.get("")
    async def every() -> list[AgentOut]:
        """All agents, the newest first."""
        async with db.transaction() as session:
            found, today = await service.every(session), await service.people_today(session, now=clock())
            return [AgentOut(**_shown(each, today.get(each.id, 0))) for each in found]

    @routes.post("", status_code=201)
    async def create(given: AgentIn) -> NewAgent:
        """Let an agent in; the code is shown this once."""
        async with db.transaction() as session:
            made, code = await service.create(session, given, keyring=keyring, now=clock())
            return NewAgent(**await shown(session, made, clock()), code=code)

    @routes.post("/{number}/end")
    async def end(number: int) -> AgentOut:
        """Let an agent in no more."""
        async with db.transaction() as session:
            return AgentOut(**await shown(session, await service.end(session, number), clock()))

    return routes


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
