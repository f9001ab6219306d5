"""A job of the scheduler: its work, and the moments at which it is due."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

_LOCKS = 0x5A77  # the class of our advisory locks on PostgreSQL

Work = Callable[[Any, datetime], Awaitable[object]]
Then = Callable[[datetime, datetime], datetime]


def _at_once(moment: datetime, _now: datetime) -> datetime:
    return moment


@dataclass(frozen=True, slots=True)
class Moment:
    """When something is due: what a query finds, one moment or none, or what `then` makes of it and of the present.

    `apart`: seconds between two tries while it is due; where that brings nothing, they grow up to `most`.
    """

    query: Select[Any]
    then: Then = _at_once
    apart: float = 1.0
    most: float = 0.0


@dataclass(frozen=True, slots=True)
class Job:
    """Work that has its moments. It is a transaction of its own: one that fails or takes long holds up no other.

    What is `final` cannot be undone: it waits while the clocks disagree.
    """

    name: str
    work: Work
    moments: Sequence[Moment]
    final: bool = False
    outside: bool = False  # its work is given the database, and begins transactions itself; others may be at it too


async def alone(session: AsyncSession, name: str) -> bool:
    """Whether no other process is at this job; none begins it before this transaction ends."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    key = zlib.crc32(name.encode()) - 2**31
    taken = select(func.pg_try_advisory_xact_lock(bindparam("kind", _LOCKS), bindparam("key", key)))
    return bool(await session.scalar(taken))
