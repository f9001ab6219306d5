"""The one phone that holds an agent's code, and the least time between two people that it types for."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.agents.models import ENDED, Agent
from api.errors import Conflict, NotFound
from api.security.crypto import Keyring

_PHONE = "agent phone"  # the purpose of the hash


class HeldElsewhere(Conflict):
    """Another phone holds this agent's code."""


class TooSoon(Conflict):
    """The next person can begin only a while after the one before."""

    def __init__(self, seconds: int) -> None:
        """`seconds` are those that are left to wait."""
        super().__init__(f"the next person can begin in {seconds} seconds")
        self.seconds = seconds


async def free(session: AsyncSession, number: int) -> Agent:
    """Let another phone hold an agent's code: the next that writes it. Whoever holds it now types for nobody more.

    Raises NotFound, or Conflict where the agent has ended or no phone holds the code.
    """
    found = await session.get(Agent, number, with_for_update=True)
    if found is None:
        raise NotFound(f"there is no agent {number}")
    if found.state == ENDED or found.phone is None:
        raise Conflict(f"no phone holds the code of agent {number}")
    found.phone, found.refused = None, 0
    await session.flush()
    return found


def phone(keyring: Keyring, address: bytes) -> bytes:
    """What is kept of the phone that holds a code: a keyed hash, which outlives the erasing of its owner."""
    return keyring.blind_index(_PHONE, address.hex())


async def holds(session: AsyncSession, phone: bytes) -> bool:
    """Whether this phone, by its keyed hash, holds the code of an agent."""
    return await session.scalar(select(Agent.id).where(Agent.phone == phone).limit(1)) is not None


async def hold(session: AsyncSession, agent: Agent, origin: bytes) -> None:
    """Let this phone hold the agent's code, if none does. Raises HeldElsewhere where another one does: it is noted."""
    await session.refresh(agent, with_for_update=True)
    if agent.phone is None:
        agent.phone, agent.phones = origin, agent.phones + 1
        await session.flush()
    elif agent.phone != origin:
        agent.refused += 1
        await session.flush()
        raise HeldElsewhere


def wait(began_at: datetime | None, *, apart: timedelta, now: datetime) -> int:
    """Whole seconds, rounded up, until the next person can begin; 0 where they can begin now.

    A moment that lies ahead, after a clock was set back, holds nobody up for longer than `apart`.
    """
    if began_at is None:
        return 0
    left = min(began_at + apart - now, apart)
    return max(math.ceil(left.total_seconds()), 0)
