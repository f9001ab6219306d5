"""Agents: let in by a code, limited per day, known by its hash only.

A code must not be found by trying, and nobody must be able to lock an agent out: so only addresses are limited, each
by itself. There are 90 000 000 codes (eight digits), and five wrong ones a day for an address: with *n* agents and *a*
addresses one code is found in 90 000 000 / (5 × a × n) days on average. With 20 agents that is 2466 years for one
phone, and two and a half years for a thousand of them; these write 5000 wrong codes a day, and the log tells of each
hundred.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

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
from api.pagination import FIRST_PAGE, Asked, Found, Key, Order
from api.security import rights
from api.security.crypto import Keyring
from api.security.row_scope import scoped

_DIGITS = 8
_PURPOSE, _ORIGIN = "agent", "agent try"
_WRONG = 5  # codes a day from one address
_ALARM = 100  # wrong codes of a day, of all together, after which the log tells of each hundred
_ORDER = Order("agents", Key(Agent.id, down=True))
_ALL = b""  # the origin that stands for all

log = structlog.get_logger(__name__)


def today(now: datetime) -> date:
    """The day in Morocco."""
    return now.astimezone(MOROCCO).date()


async def create(
    session: AsyncSession, given: AgentIn, *, who: str, keyring: Keyring, now: datetime, code: str | None = None
) -> tuple[Agent, str]:
    """Let an agent in; returns it with its code, drawn unless it is given, which nobody can read again."""
    rights.within(given.province)
    taken = set(await session.scalars(select(Agent.code_hash)))
    code = code or _new_code()
    while _hash(keyring, code) in taken:
        code = _new_code()
    made = Agent(
        name=given.name,
        code_hash=_hash(keyring, code),
        daily=given.limit,
        province=given.province,
        state=ACTIVE,
        made_at=now,
        made_by=who,
    )
    session.add(made)
    await session.flush()
    return made, code


async def every(session: AsyncSession, asked: Asked = FIRST_PAGE) -> Found[Agent]:
    """Agents, the newest first."""
    return await _ORDER.read(session, scoped(select(Agent), Agent.province), asked)


async def end(session: AsyncSession, number: int, *, who: str, now: datetime) -> Agent:
    """Let an agent in no more; who is answering now is stopped at the next person. Who did it is recorded.

    Raises NotFound or Conflict."""
    found = await session.get(Agent, number, with_for_update=True)
    if found is None:
        raise NotFound(f"there is no agent {number}")
    rights.within(found.province)
    if found.state == ENDED:
        raise Conflict(f"agent {number} has ended")
    found.state = ENDED
    await audit.note(session, who=who, act="agent ended", subject=f"agent {number}", now=now)
    return found


async def recognise(
    session: AsyncSession, code: str, *, address: bytes, keyring: Keyring, now: datetime
) -> Agent | None:
    """The agent of this code; None where it is wrong. The first phone that writes a code holds it.

    Raises Forbidden after too many wrong codes from an address today, HeldElsewhere where another phone holds this one.
    The address is given by its blind index. How many guess together only the log tells: a limit for all would let
    anybody lock out every agent.
    """
    origin = keyring.blind_index(_ORIGIN, address.hex())
    before = await session.get(AgentTry, (origin, today(now)))
    if before is not None and before.failed >= _WRONG:
        raise Forbidden("too many wrong codes today")
    wanted = select(Agent).where(Agent.code_hash == _hash(keyring, code), Agent.state == ACTIVE)
    found: Agent | None = await session.scalar(wanted)
    if found is None:
        await _note(session, origin, now)
        wrong = await _note(session, _ALL, now)
        if wrong % _ALARM == 0:
            log.warning("wrong agents' codes today", count=wrong)
        return None
    await code_holder.hold(session, found, code_holder.phone(keyring, address))
    return found


async def admit(
    session: AsyncSession, agent_id: int, *, phone: bytes | None, apart: timedelta, now: datetime
) -> int | None:
    """Count one more person of today; returns which one it is, None where the day is full or the agent has ended.

    `phone` is the one that types (see `holding.phone`), `apart` the least time between the beginnings of two persons.
    Raises HeldElsewhere where it holds the code no more, TooSoon where the time is not over.
    """
    agent = await session.get(Agent, agent_id, with_for_update=True, populate_existing=True)
    if agent is None or agent.state != ACTIVE:
        return None
    if agent.phone != phone:
        raise HeldElsewhere
    left = code_holder.wait(agent.began_at, apart=apart, now=now)
    if left:
        raise TooSoon(left)
    made = insert(session)(AgentDay).values(agent_id=agent_id, day=today(now), people=1)
    counted = made.on_conflict_do_update(
        index_elements=("agent_id", "day"), set_={"people": AgentDay.people + 1}, where=AgentDay.people < agent.daily
    )
    found: int | None = await session.scalar(counted.returning(AgentDay.people))
    if found is not None:
        agent.began_at = now
    return found


async def forget(session: AsyncSession, *, now: datetime) -> None:
    """Forget the wrong codes of days gone by. Those of today stay, also of who is erased: they would begin anew."""
    await session.execute(delete(AgentTry).where(AgentTry.day < today(now)))


async def people_today(session: AsyncSession, *, now: datetime) -> dict[int, int]:
    """For how many people each agent answered today, by the agent's number; those who did for none are left out."""
    rows = await session.execute(select(AgentDay.agent_id, AgentDay.people).where(AgentDay.day == today(now)))
    return dict(iter(rows))


async def _note(session: AsyncSession, origin: bytes, now: datetime) -> int:
    """Count one more wrong code of today from there; returns how many that makes."""
    made = insert(session)(AgentTry).values(origin=origin, day=today(now), failed=1)
    counted = made.on_conflict_do_update(index_elements=("origin", "day"), set_={"failed": AgentTry.failed + 1})
    found: int = (await session.scalars(counted.returning(AgentTry.failed))).one()
    return found


def _new_code() -> str:
    return str(secrets.randbelow(9 * 10 ** (_DIGITS - 1)) + 10 ** (_DIGITS - 1))


def _hash(keyring: Keyring, code: str) -> bytes:
    return keyring.blind_index(_PURPOSE, code)
