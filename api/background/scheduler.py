"""The scheduler: it knows when something is due next, sleeps until then or until it is woken, and does it once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import func, select

from api.background.job import Job, Moment, alone
from api.clock import Clock
from api.clocks.service import Clocks
from api.db import Database
from api.errors import Unavailable
from api.runtime.failures import describe
from api.runtime.loops import forever, to_completion
from api.runtime.supervisor import Watch
from api.runtime.wakeups import SCHEDULE

log = structlog.get_logger(__name__)

SPACING = 0.5  # seconds between two looks at least, however often it is woken
_SOON = 0.01  # seconds; a timer may be a little early
_LONGEST = 60.0  # seconds before what failed is tried again, at most

Values = Callable[[datetime], Mapping[str, Any]]


@dataclass(slots=True)
class _Runs:
    """How a job went lately; moments are of the monotonic clock, as that of a test may jump."""

    last: float = -1e9
    tries: int = 0  # in a row, while it was due all the time
    failures: int = 0
    not_before: float = 0.0
    task: asyncio.Task[None] | None = field(default=None)


class Scheduler:
    """Does the jobs of a table, each once however many processes have a scheduler.

    On PostgreSQL a job holds an advisory lock as long as its transaction; others pass it over and look again. Nobody
    leads, so nothing has to be handed over when a process dies.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        db: Database,
        clock: Clock,
        *,
        net: float,
        values: Values,
        watch: Watch | None = None,
        clocks: Clocks | None = None,
    ) -> None:
        """`net`: seconds between looks, at most. `values` are bound in the moments' queries, beside `now`.

        `watch` is told how looks and jobs fare; by `clocks` jobs that are final wait where the clock has jumped.
        """
        self.jobs, self._db, self._clock, self._net, self._values = jobs, db, clock, net, values
        self._runs = {job.name: _Runs() for job in jobs}
        self._watch = watch or Watch()
        self._clocks = clocks or Clocks(db, None, self._watch)
        asks = self._clocks.compared and db.engine.dialect.name == "postgresql"
        self.looking = _all_of(jobs, *((func.clock_timestamp(),) if asks else ()))
        self._database: datetime | None = None  # what its clock showed last
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Do what is due until cancelled; what is under way then is done to its end."""
        try:
            with self._db.wakeups.sleeper(SCHEDULE) as self._woken:
                note = self._watch.note("schedule")
                await forever(self._look, self._woken, name="schedule", spacing=min(SPACING, self._net), note=note)
        finally:
            running = [runs.task for runs in self._runs.values() if runs.task is not None]
            if running:
                await to_completion(asyncio.wait(running))

    async def moments(self) -> Mapping[str, Sequence[datetime | None]]:
        """When each job is due next, for each of its moments, by one statement."""
        now = self._clock()
        async with self._db.reading() as connection:
            found = iter((await connection.execute(self.looking, {"now": now, **self._values(now)})).one())
        moments = {
            job.name: [None if (moment := next(found)) is None else each.then(moment, now) for each in job.moments]
            for job in self.jobs
        }
        self._database = next(found, None)
        return moments

    async def once(self) -> None:
        """Do what is due now, and wait for it."""
        await self._look()
        tasks = [runs.task for runs in self._runs.values() if runs.task is not None]
        if tasks:
            await asyncio.wait(tasks)

    async def _look(self) -> float:
        """Begin what is due; returns after how many seconds to look again."""
        started, moments = time.monotonic(), await self.moments()
        now, pauses = self._clock(), [self._net]
        held = await self._clocks.must_wait(now, self._database)
        for job in self.jobs:
            runs = self._runs[job.name]
            if runs.task is not None or (held and job.final):  # a task wakes us when it is done
                continue
            pause = self._until(job, moments[job.name], now)
            if pause <= 0:
                runs.last, runs.tries = started, runs.tries + 1
                runs.task = asyncio.create_task(self._do(job, runs, now if job.final else None))
            else:
                pauses.append(max(pause, _SOON))
        return min(pauses)

    def _until(self, job: Job, moments: Sequence[datetime | None], now: datetime) -> float:
        """Seconds until a job is to be done: when it is due, not too soon after the last time, later where it fails."""
        runs, present = self._runs[job.name], time.monotonic()
        both = zip(job.moments, moments, strict=True)
        due = [(each, (moment - now).total_seconds()) for each, moment in both if moment is not None]
        if all(pause > 0 for _, pause in due):
            runs.tries = 0
        pauses = [max(pause, runs.last + _apart(each, runs.tries) - present) for each, pause in due]
        return max(min(pauses, default=self._net), runs.not_before - present)

    async def _do(self, job: Job, runs: _Runs, at: datetime | None) -> None:
        """Do a job, by the time of the look where it is final: that was compared with other clocks."""
        note = self._watch.note(f"schedule {job.name}")
        try:
            if job.outside:
                await job.work(self._db, at or self._clock())
            else:
                async with self._db.transaction() as session:
                    if await alone(session, job.name):
                        await job.work(session, at or self._clock())
            runs.failures = 0
            note(None)
        except Exception as error:
            note(error)
            away = isinstance(error, Unavailable)
            runs.failures = 1 if away else runs.failures + 1
            tell = log.warning if away else log.error
            tell("schedule.unavailable" if away else "schedule.failed", job=job.name, **describe(error))
            runs.not_before = time.monotonic() + min(2.0 ** min(runs.failures - 1, 8), _LONGEST)
        finally:
            runs.task = None
            self._woken.set()


def _apart(moment: Moment, tries: int) -> float:
    """Seconds between two tries, after so many."""
    return min(moment.apart * 2.0 ** min(max(tries - 1, 0), 16), max(moment.most, moment.apart))


def _all_of(jobs: Sequence[Job], *more: Any) -> Any:
    """One statement for all moments: a row of them in their order, each read as its own type says; and what is more."""
    return select(*(each.query.limit(1).scalar_subquery() for job in jobs for each in job.moments), *more)
