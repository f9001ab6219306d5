"""Tie each agent's code to one phone, and make agents wait a minimum time between two people whom they help.

A phone "holds" a code if it is the only one that may use it.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from api.agents.models import ENDED, Agent
from api.errors import Conflict, NotFound
from api.security.crypto import Keyring

_PHONE = "agent phone"  # the purpose of a phone's keyed hash


class HeldElsewhere(Conflict):
    """Another phone holds this agent's code."""


class TooSoon(Conflict):
    """The agent tried to begin with the next person before the minimum time had passed."""

    def __init__(self, seconds: int) -> None:
        """Store the number of `seconds` that the agent still has to wait."""
        super().__init__(f"this agent must wait {seconds} seconds before helping the next person")
        self.seconds = seconds


async def free(session: AsyncSession, number: int) -> Agent:
    """Take an agent's code away from the phone that holds it. The next phone that sends the code will hold it.

    Raises NotFound, or Conflict if the agent has ended or no phone holds the code.
    """
    agent = await session.get(Agent, number, with_for_update=True)
    if agent is None:
        raise NotFound(f"there is no agent {number}")
    if agent.state == ENDED or agent.phone is None:
        raise Conflict(f"no phone is using the code of agent {number}")
    agent.phone, agent.refused = None, 0
    await session.flush()
    return agent


def phone(keyring: Keyring, address: bytes) -> bytes:
    """Return the keyed hash by which the phone that holds a code is stored.

    If the data of the phone's owner is erased, the hash stays in the database.
    """
    return keyring.blind_index(_PHONE, address.hex())


async def holds(session: AsyncSession, phone: bytes) -> bool:
    """Return whether this phone holds some agent's code; `phone` is its keyed hash."""
    return await session.scalar(select(Agent.id).where(Agent.phone == phone).limit(1)) is not None


async def hold(session: AsyncSession, agent: Agent, phone: bytes) -> None:
    """Tie the agent's code to this phone, if no phone holds the code yet.

    If another phone holds it, count the attempt and raise HeldElsewhere.
    """
    await session.refresh(agent, with_for_update=True)
    if agent.phone is None:
        agent.phone, agent.phones = phone, agent.phones + 1
        await session.flush()
    elif agent.phone != phone:
        agent.refused += 1
        await session.flush()
        raise HeldElsewhere


def wait(began_at: datetime | None, *, apart: timedelta, now: datetime) -> int:
    """Return how many seconds an agent must wait before helping the next person.

    `began_at` is when the agent began with the latest person. `apart` is the minimum time between two people.
    """
    if began_at is None:
        return 0
    # not longer than `apart`, even if a clock was set back
    left = min(began_at + apart - now, apart)
    return max(math.ceil(left.total_seconds()), 0)
