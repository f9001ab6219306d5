"""The scheduler: it sleeps until the next job is due or until it is woken, then runs each due job once."""

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

SPACING = 0.5  # seconds; the shortest time between checks, however often it is woken
_SOON = 0.01  # seconds; timers may fire slightly early
_LONGEST = 60.0  # seconds; the longest wait before a failed job is retried

Values = Callable[[datetime], Mapping[str, Any]]


@dataclass(slots=True)
class _Runs:
    """The recent runs of a job, in times of a monotonic clock."""

    last: float = -1e9
    tries: int = 0  # consecutive attempts while the job stayed due
    failures: int = 0
    not_before: float = 0.0
    task: asyncio.Task[None] | None = field(default=None)


class Scheduler:
    """Runs each due job once, even if several processes run a scheduler.

    On PostgreSQL a job holds an advisory lock until its transaction ends. Other processes skip the job and check again
    later. No process is a leader.
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
        """Store the jobs to run. `net` is the longest time between checks, in seconds.

        `values` returns the query parameters besides `now`. `watch` is told the outcome of checks and jobs. Jobs that
        are `final` wait while `clocks` reports a clock jump.
        """
        self.jobs, self._db, self._clock, self._net, self._values = jobs, db, clock, net, values
        self._runs = {job.name: _Runs() for job in jobs}
        self._watch = watch or Watch()
        self._clocks = clocks or Clocks(db, None, self._watch)
        compare = self._clocks.compared and db.engine.dialect.name == "postgresql"
        self.query = _all_of(jobs, *((func.clock_timestamp(),) if compare else ()))
        self._database_time: datetime | None = None  # the database clock at the last check
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Run jobs whenever they are due, until cancelled. When cancelled, wait for the jobs that are running."""
        try:
            with self._db.wakeups.sleeper(SCHEDULE) as self._woken:
                note = self._watch.note("schedule")
                await forever(self._check, self._woken, name="schedule", spacing=min(SPACING, self._net), note=note)
        finally:
            running = [runs.task for runs in self._runs.values() if runs.task is not None]
            if running:
                await to_completion(asyncio.wait(running))

    async def moments(self) -> Mapping[str, Sequence[datetime | None]]:
        """Return each job's due times by name, read with one statement. None means not due."""
        now = self._clock()
        async with self._db.reading() as connection:
            columns = iter((await connection.execute(self.query, {"now": now, **self._values(now)})).one())
        moments = {
            job.name: [None if (moment := next(columns)) is None else each.shift(moment, now) for each in job.moments]
            for job in self.jobs
        }
        self._database_time = next(columns, None)
        return moments

    async def once(self) -> None:
        """Run the jobs that are due now, and wait until they have finished."""
        await self._check()
        tasks = [runs.task for runs in self._runs.values() if runs.task is not None]
        if tasks:
            await asyncio.wait(tasks)

    async def _check(self) -> float:
        """Start the jobs that are due; return the seconds until the next check."""
        started, moments = time.monotonic(), await self.moments()
        now, pauses = self._clock(), [self._net]
        on_hold = await self._clocks.must_wait(now, self._database_time)
        for job in self.jobs:
            runs = self._runs[job.name]
            if runs.task is not None or (on_hold and job.final):  # a finished task wakes the scheduler
                continue
            pause = self._until(job, moments[job.name], now)
            if pause <= 0:
                runs.last, runs.tries = started, runs.tries + 1
                runs.task = asyncio.create_task(self._do(job, runs, now if job.final else None))
            else:
                pauses.append(max(pause, _SOON))
        return min(pauses)

    def _until(self, job: Job, moments: Sequence[datetime | None], now: datetime) -> float:
        """Return how many seconds a job must wait before it runs."""
        runs, present = self._runs[job.name], time.monotonic()
        both = zip(job.moments, moments, strict=True)
        due = [(each, (moment - now).total_seconds()) for each, moment in both if moment is not None]
        if all(pause > 0 for _, pause in due):
            runs.tries = 0
        # not too soon after the last run ...
        pauses = [max(pause, runs.last + _apart(each, runs.tries) - present) for each, pause in due]
        # ... or after a failure
        return max(min(pauses, default=self._net), runs.not_before - present)

    async def _do(self, job: Job, runs: _Runs, at: datetime | None) -> None:
        """Run a job and report its outcome."""
        note = self._watch.note(f"schedule {job.name}")
        # `at` is set for final jobs: this time was compared with other clocks
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
            emit = log.warning if away else log.error
            emit("schedule.unavailable" if away else "schedule.failed", job=job.name, **describe(error))
            runs.not_before = time.monotonic() + min(2.0 ** min(runs.failures - 1, 8), _LONGEST)
        finally:
            runs.task = None
            self._woken.set()


def _apart(moment: Moment, tries: int) -> float:
    """Return how many seconds to wait after this many attempts in a row."""
    return min(moment.apart * 2.0 ** min(max(tries - 1, 0), 16), max(moment.most, moment.apart))


def _all_of(jobs: Sequence[Job], *more: Any) -> Any:
    """Return one statement that reads the due times of all jobs, followed by the columns in `more`."""
    return select(*(each.query.limit(1).scalar_subquery() for job in jobs for each in job.moments), *more)
