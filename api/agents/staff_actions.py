"""Staff actions on agents: release a code from its phone, and remove ballots that an agent typed. Each is recorded."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.agents import code_holder
from api.agents.models import Agent
from api.consultations.ballots import agent_typed
from api.errors import NotFound
from api.security import rights


async def free(session: AsyncSession, number: int, *, who: str, now: datetime) -> Agent:
    """Release an agent's code from its phone. From then on, the next phone that sends the code holds it.

    Raises NotFound, or Conflict if the agent has ended or no phone holds the code. Raises Forbidden if the acting staff
    member has no rights in the agent's province.
    """
    await _within(session, number)
    agent = await code_holder.free(session, number)
    await audit.note(session, who=who, act="free code", subject=f"agent {number}", now=now)
    return agent


async def void(session: AsyncSession, number: int, *, code: str, phone: int | None, who: str, now: datetime) -> int:
    """Remove the ballots that an agent typed in an open consultation; return the number of these ballots.

    Ballots typed later still count; to prevent them, end the agent. The record names the consultation, but not the
    ballots. Raises NotFound, Forbidden, KeyLost or Unavailable. Raises Conflict if the consultation is not open.
    """
    await _within(session, number)
    taken = await agent_typed.take_back(session, code, agent=number, phone=phone)
    await audit.note(session, who=who, act="void", subject=f"agent {number} {code}", now=now)
    return taken


async def _within(session: AsyncSession, number: int) -> None:
    """Check that the agent exists and that the acting staff member has rights in the agent's province.

    Raises NotFound or Forbidden if not.
    """
    found = await session.get(Agent, number)
    if found is None:
        raise NotFound(f"there is no agent {number}")
    rights.within(found.province)
