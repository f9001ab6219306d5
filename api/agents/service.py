"""Admit agents by a secret code, and limit how many people each agent may help a day. Only the code's hash is stored.

Codes must be hard to guess, but nobody may be able to lock an agent out, so wrong tries are limited per address only.
There are 90,000,000 codes of eight digits, and an address has five wrong tries a day. With *n* agents and *a*
addresses, finding one code takes 90,000,000 / (5 × a × n) days on average. With 20 agents that is 2,466 years for one
phone, and two and a half years for a thousand phones. A thousand phones would send 5,000 wrong codes a day, and every
hundredth wrong code of a day is logged as a warning.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.agents import code_holder
from api.agents.code_holder import HeldElsewhere, TooSoon
from api.agents.models import ACTIVE, ENDED, Agent, AgentDay, AgentTry
from api.agents.schemas import AgentIn
from api.clock import MOROCCO
from api.db import insert
from api.errors import Conflict, Forbidden, NotFound
from api.pagination import FIRST_PAGE, Key, Order, PageRequest, PageRows
from api.security import rights
from api.security.crypto import Keyring
from api.security.row_scope import scoped

_DIGITS = 8
_PURPOSE, _ORIGIN = "agent", "agent try"
_WRONG = 5  # wrong codes a day from one address
_ALARM = 100  # log a warning at each multiple of this many wrong codes a day
_ORDER = Order("agents", Key(Agent.id, down=True))
_ALL = b""  # stands for all origins together

log = structlog.get_logger(__name__)


class AgentCode(NamedTuple):
    """A new agent and the code. The code cannot be read again later."""

    agent: Agent
    code: str


def today(now: datetime) -> date:
    """Return the date in Morocco at this time."""
    return now.astimezone(MOROCCO).date()


async def create(
    session: AsyncSession, data: AgentIn, *, who: str, keyring: Keyring, now: datetime, code: str | None = None
) -> AgentCode:
    """Create an agent with a code, and record who did it. The code is random unless `code` is given."""
    rights.within(data.province)
    taken = set(await session.scalars(select(Agent.code_hash)))
    code = code or _new_code()
    while _hash(keyring, code) in taken:
        code = _new_code()
    agent = Agent(
        name=data.name,
        code_hash=_hash(keyring, code),
        daily=data.limit,
        province=data.province,
        state=ACTIVE,
        made_at=now,
        made_by=who,
    )
    session.add(agent)
    await session.flush()
    new = {"limit": agent.daily, "province": agent.province}
    await audit.note(session, who=who, act="agent admitted", subject=f"agent {agent.id}", now=now, new=new)
    return AgentCode(agent, code)


async def listed(session: AsyncSession, asked: PageRequest = FIRST_PAGE) -> PageRows[Agent]:
    """List agents, the newest first."""
    return await _ORDER.read(session, scoped(select(Agent), Agent.province), asked)


async def end(session: AsyncSession, number: int, *, who: str, now: datetime) -> Agent:
    """End an agent's work, and record who ended it. The agent may still finish with the person being helped now.

    Raises NotFound, or Conflict if the agent has already ended.
    """
    agent = await session.get(Agent, number, with_for_update=True)
    if agent is None:
        raise NotFound(f"there is no agent {number}")
    rights.within(agent.province)
    if agent.state == ENDED:
        raise Conflict(f"agent {number} has ended")
    agent.state = ENDED
    changed = audit.altered(agent, "state")
    await audit.note(session, who=who, act="agent ended", subject=f"agent {number}", now=now, **changed)
    return agent


async def recognise(
    session: AsyncSession, code: str, *, address: bytes, keyring: Keyring, now: datetime
) -> Agent | None:
    """Return the agent with this code; None if the code is wrong.

    The first phone that sends the code holds it from then on. `address` is the keyed hash of the phone's address.
    Raises Forbidden after too many wrong codes from this address today, or HeldElsewhere if another phone holds the
    code.
    """
    origin = keyring.blind_index(_ORIGIN, address.hex())
    tries = await session.get(AgentTry, (origin, today(now)))
    if tries is not None and tries.failed >= _WRONG:
        raise Forbidden("too many wrong codes today")
    agent: Agent | None = await session.scalar(
        select(Agent).where(Agent.code_hash == _hash(keyring, code), Agent.state == ACTIVE)
    )
    if agent is None:
        await _count_wrong(session, origin, now)
        wrong = await _count_wrong(session, _ALL, now)
        # no limit for all addresses together: it would let anybody lock out all agents
        if wrong % _ALARM == 0:
            log.warning("agents.wrong_codes", count=wrong)
        return None
    await code_holder.hold(session, agent, code_holder.phone(keyring, address))
    return agent


async def admit(
    session: AsyncSession, agent_id: int, *, phone: bytes | None, apart: timedelta, now: datetime
) -> int | None:
    """Count one more person whom the agent helps today; return the new count.

    If the limit is reached or the agent has ended, the result is None. `phone` is the keyed hash from
    `code_holder.phone`. `apart` is the minimum time between two people. Raises HeldElsewhere if this phone no longer
    holds the code, or TooSoon.
    """
    agent = await session.get(Agent, agent_id, with_for_update=True, populate_existing=True)
    if agent is None or agent.state != ACTIVE:
        return None
    if agent.phone != phone:
        raise HeldElsewhere
    left = code_holder.wait(agent.began_at, apart=apart, now=now)
    if left:
        raise TooSoon(left)
    row = insert(session)(AgentDay).values(agent_id=agent_id, day=today(now), people=1)
    counted = row.on_conflict_do_update(
        index_elements=("agent_id", "day"), set_={"people": AgentDay.people + 1}, where=AgentDay.people < agent.daily
    )
    people: int | None = await session.scalar(counted.returning(AgentDay.people))
    if people is not None:
        agent.began_at = now
    return people


async def forget(session: AsyncSession, *, now: datetime) -> None:
    """Delete the counts of wrong codes of past days. Today's counts stay, even when a resident is erased."""
    await session.execute(delete(AgentTry).where(AgentTry.day < today(now)))


async def people_today(session: AsyncSession, *, now: datetime) -> dict[int, int]:
    """Return how many people each agent helped today, by agent id. Agents who helped nobody are left out."""
    rows = await session.execute(select(AgentDay.agent_id, AgentDay.people).where(AgentDay.day == today(now)))
    return dict(iter(rows))


async def _count_wrong(session: AsyncSession, origin: bytes, now: datetime) -> int:
    """Count one more wrong code from an address today; return today's total."""
    # `origin` is the keyed hash of the address
    row = insert(session)(AgentTry).values(origin=origin, day=today(now), failed=1)
    counted = row.on_conflict_do_update(index_elements=("origin", "day"), set_={"failed": AgentTry.failed + 1})
    failed: int = (await session.scalars(counted.returning(AgentTry.failed))).one()
    return failed


def _new_code() -> str:
    return str(secrets.randbelow(9 * 10 ** (_DIGITS - 1)) + 10 ** (_DIGITS - 1))


def _hash(keyring: Keyring, code: str) -> bytes:
    return keyring.blind_index(_PURPOSE, code)
