"""A background job: its work, and when it is due."""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

_LOCKS = 0x5A77  # the first of the two numbers that identify an advisory lock on PostgreSQL

Work = Callable[[Any, datetime], Awaitable[object]]
Shift = Callable[[datetime, datetime], datetime]


def _at_once(moment: datetime, _now: datetime) -> datetime:
    return moment


@dataclass(frozen=True, slots=True)
class Moment:
    """A due time of a job, read by a query.

    If the query gives NULL, the job is not due. `shift(time, now)` changes the time that was read. `apart` is the
    number of seconds to wait between attempts while the job stays due. After each attempt the wait doubles, up to
    `most` seconds.
    """

    query: Select[Any]
    shift: Shift = _at_once
    apart: float = 1.0
    most: float = 0.0


@dataclass(frozen=True, slots=True)
class Job:
    """Work for the background, and the times when it is due.

    Each job runs in its own transaction, so a slow or failing one does not delay others. If the machine's clock jumps,
    a `final` job waits until the clocks agree again or staff confirm the time. Such a job does something that cannot be
    undone.
    """

    name: str
    work: Work
    moments: Sequence[Moment]
    final: bool = False
    outside: bool = False  # `work` gets the database and opens its own transactions; other processes may run it too


async def alone(session: AsyncSession, name: str) -> bool:
    """Take a job's advisory lock until the transaction ends; return False if another process has it."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    key = zlib.crc32(name.encode()) - 2**31
    query = select(func.pg_try_advisory_xact_lock(bindparam("kind", _LOCKS), bindparam("key", key)))
    return bool(await session.scalar(query))
