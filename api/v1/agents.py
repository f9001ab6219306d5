"""Agents of associations over the JSON API: add, list and end them, release their codes, void ballots they typed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.agents import service, staff_actions
from api.agents.models import Agent
from api.agents.schemas import AgentIn, AgentOut, NewAgent, VoidIn, VoidOut
from api.pagination import Page
from api.security.rights import Permission
from api.web.deps import REASONED, Actor, KeyringDep, Now, Session, requires, staff_router
from api.web.paging import PageDep

router = staff_router("/agents", "agents", needs=requires(Permission.MANAGE_SETTINGS, local=True))


@router.get("", dependencies=[requires(Permission.ANSWER, Permission.MANAGE_SETTINGS, Permission.AUDIT, local=True)])
async def list_agents(session: Session, now: Now, page: PageDep) -> Page[AgentOut]:
    """List agents, the newest first."""
    agents, today = await service.listed(session, page), await service.people_today(session, now=now)
    return agents.page(lambda agent: AgentOut(**_fields(agent, today.get(agent.id, 0))))


@router.post("", status_code=201)
async def create_agent(data: AgentIn, actor: Actor, session: Session, keyring: KeyringDep, now: Now) -> NewAgent:
    """Add an agent. Only this response contains the agent's code."""
    agent, code = await service.create(session, data, who=actor, keyring=keyring, now=now)
    return NewAgent(**await _current_fields(session, agent, now), code=code)


@router.post("/{number}/end", dependencies=[REASONED])
async def end_agent(number: int, actor: Actor, session: Session, now: Now) -> AgentOut:
    """End the access of an agent."""
    return AgentOut(**await _current_fields(session, await service.end(session, number, who=actor, now=now), now))


@router.post("/{number}/free")
async def free_agent_code(number: int, actor: Actor, session: Session, now: Now) -> AgentOut:
    """Release an agent's code from the phone that uses it. The next phone that sends the code can then use it."""
    agent = await staff_actions.free(session, number, who=actor, now=now)
    return AgentOut(**await _current_fields(session, agent, now))


@router.post("/{number}/void", dependencies=[requires(Permission.MANAGE_SETTINGS, fresh=True, local=True)])
async def void_agent_ballots(number: int, data: VoidIn, actor: Actor, session: Session, now: Now) -> VoidOut:
    """Void the ballots that an agent typed in an open consultation.

    The ballots no longer count, and their receipts say so.
    """
    count = await staff_actions.void(session, number, code=data.consultation, phone=data.phone, who=actor, now=now)
    return VoidOut(taken_back=count)


async def _current_fields(session: AsyncSession, agent: Agent, now: datetime) -> dict[str, Any]:
    return _fields(agent, (await service.people_today(session, now=now)).get(agent.id, 0))


def _fields(agent: Agent, today: int) -> dict[str, Any]:
    return {
        "number": agent.id,
        "limit": agent.daily,
        "today": today,
        "held": agent.phone is not None,
        **{
            name: getattr(agent, name)
            for name in ("name", "province", "state", "phones", "refused", "made_at", "made_by")
        },
    }
