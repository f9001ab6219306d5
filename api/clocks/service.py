"""Pause jobs that cannot be undone while the clocks disagree, until they agree again or staff confirm the time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from api import audit
from api.clocks import rules
from api.clocks.models import ClockHold
from api.clocks.rules import Reading
from api.db import Database
from api.runtime.supervisor import Watch

log = structlog.get_logger(__name__)

_ALARM = "clock"


async def holds(session: AsyncSession) -> Sequence[ClockHold]:
    """Return the processes whose clock jumped, the oldest jump first."""
    return (await session.scalars(select(ClockHold).order_by(ClockHold.at, ClockHold.process))).all()


async def confirm(session: AsyncSession, *, who: str, now: datetime) -> int:
    """Confirm that the current time is right, so that paused jobs resume.

    Return the number of processes that were paused because their clock had jumped.
    """
    rows = await holds(session)
    if rows:
        await session.execute(delete(ClockHold))
        jumps = {"ahead": [each.ahead for each in rows]}
        await audit.note(session, who=who, act="confirm time", subject="clock", now=now, old=jumps)
    return len(rows)


class Clocks:
    """The clocks of one process, compared each time its scheduler runs."""

    def __init__(self, db: Database, ticks: Callable[[], float] | None, watch: Watch) -> None:
        """Prepare the comparison of this machine's clock with `ticks`, a monotonic clock in seconds.

        If `ticks` is None, there is no such clock, and nothing is compared."""
        self._db, self._ticks, self._watch = db, ticks, watch
        self._before: Reading | None = None
        self._holds = self._inherits = False

    @property
    def compared(self) -> bool:
        """Whether there is a second clock to compare with."""
        return self._ticks is not None

    async def must_wait(self, wall: datetime, database: datetime | None) -> bool:
        """Return whether jobs that cannot be undone must wait, because this machine's clock jumped.

        They wait from the jump until the clocks agree again or staff confirm the time. A process that starts meanwhile
        waits too.
        """
        if self._ticks is None:
            return False
        now = Reading(wall, self._ticks(), database)
        if self._before is None:
            self._before = rules.first(now)
            self._inherits = await self._others_hold()
        if self._inherits:
            return await self._wait_with_others(now)
        if rules.is_trusted(self._before, now):
            await self._release("clock.agrees")
        elif not self._holds:
            await self._begin(wall, round(rules.ahead(self._before, now).total_seconds()))
        elif await self._is_confirmed():
            self._before = now
            await self._release("clock.confirmed")
        return self._holds

    async def _others_hold(self) -> bool:
        async with self._db.transaction() as session:
            return bool(await holds(session))

    async def _wait_with_others(self, now: Reading) -> bool:
        self._inherits = self._holds = await self._others_hold()
        self._watch.alarm(_ALARM, on=self._holds)
        if not self._holds:
            self._before = now
            log.warning("clock.confirmed")
        return self._holds

    async def _begin(self, at: datetime, seconds: int) -> None:
        log.error("clock.jumped", seconds=seconds)
        async with self._db.transaction() as session:
            await session.merge(ClockHold(process=self._db.wakeups.name, at=at, ahead=seconds))
        self._holds = True
        self._watch.alarm(_ALARM, on=True)

    async def _release(self, why: str) -> None:
        if not self._holds:
            return
        async with self._db.transaction() as session:
            await session.execute(delete(ClockHold).where(ClockHold.process == self._db.wakeups.name))
        log.warning(why)
        self._holds = False
        self._watch.alarm(_ALARM, on=False)

    async def _is_confirmed(self) -> bool:
        """Return whether staff confirmed the time."""
        async with self._db.transaction() as session:
            # confirming deletes the row of this process
            return await session.get(ClockHold, self._db.wakeups.name) is None
