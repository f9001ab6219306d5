"""A job of the scheduler: its work, and when it is due."""

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
Shift = Callable[[datetime, datetime], datetime]


def _at_once(moment: datetime, _now: datetime) -> datetime:
    return moment


@dataclass(frozen=True, slots=True)
class Moment:
    """One due time: the result of a query (a datetime or NULL), adjusted by `shift(moment, now)`.

    `apart`: seconds between attempts while it stays due. If attempts do not change that, the interval doubles up to
    `most`.
    """

    query: Select[Any]
    shift: Shift = _at_once
    apart: float = 1.0
    most: float = 0.0


@dataclass(frozen=True, slots=True)
class Job:
    """Work with its due times. It runs in its own transaction, so a slow or failing job does not delay the others.

    A `final` job does something that cannot be undone: it waits while the clocks disagree.
    """

    name: str
    work: Work
    moments: Sequence[Moment]
    final: bool = False
    outside: bool = False  # `work` gets the database and opens its own transactions; other processes may run it too


async def alone(session: AsyncSession, name: str) -> bool:
    """Take the job's advisory lock until the transaction ends; return whether no other process has it."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    key = zlib.crc32(name.encode()) - 2**31
    query = select(func.pg_try_advisory_xact_lock(bindparam("kind", _LOCKS), bindparam("key", key)))
    return bool(await session.scalar(query))
