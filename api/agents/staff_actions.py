"""What staff do about an agent beyond letting them in or out: each is written into the record of staff acts."""

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
    """Let the next phone that writes an agent's code hold it. Raises NotFound or Conflict."""
    await _within(session, number)
    found = await code_holder.free(session, number)
    await audit.note(session, who=who, act="free code", subject=f"agent {number}", now=now)
    return found


async def void(session: AsyncSession, number: int, *, code: str, phone: int | None, who: str, now: datetime) -> int:
    """Take back what an agent typed in an open consultation, in one transaction; returns how many ballots that are.

    Those that they type from then on count: to let them in no more is another act. The record says that it was done,
    and of which vote, not which ballots. Raises NotFound, Conflict where it is not open, Lost, Unavailable.
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
