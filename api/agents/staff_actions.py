"""Staff actions on agents besides admitting and ending them; each is recorded."""

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
    """Let the next phone that sends an agent's code hold it. Raises NotFound or Conflict."""
    await _within(session, number)
    agent = await code_holder.free(session, number)
    await audit.note(session, who=who, act="free code", subject=f"agent {number}", now=now)
    return agent


async def void(session: AsyncSession, number: int, *, code: str, phone: int | None, who: str, now: datetime) -> int:
    """Take back the ballots an agent typed in an open consultation; return how many.

    Ballots typed afterwards count; to prevent them, end the agent. The record says which consultation, but not which
    ballots. Raises NotFound, Conflict if the consultation is not open, KeyLost or Unavailable.
    """
    await _within(session, number)
    taken = await agent_typed.take_back(session, code, agent=number, phone=phone)
    await audit.note(session, who=who, act="void", subject=f"agent {number} {code}", now=now)
    return taken


async def _within(session: AsyncSession, number: int) -> None:
    """Raises NotFound, or Forbidden if the agent helps in another province than whoever acts works in."""
    found = await session.get(Agent, number)
    if found is None:
        raise NotFound(f"there is no agent {number}")
    rights.within(found.province)
