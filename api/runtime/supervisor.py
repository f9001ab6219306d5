"""Supervise background tasks: log failures, restart tasks, and report tasks that keep failing."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from api.runtime.failures import describe

log = structlog.get_logger(__name__)

Work = Callable[[], Coroutine[Any, Any, None]]
Note = Callable[[Exception | None], None]  # called after each round of a task with its error, or None

_FIRST, _LONGEST = 1.0, 60.0  # seconds before a restart: after the first failure, and maximum
_KEEPS = 10.0  # seconds of failures without a success after which a task counts as failing


def ignore(_error: Exception | None) -> None:
    """Do nothing with a task's error. It is the `Note` (the callback for errors) of tasks that nobody watches."""


def backoff(failures: int, *, first: float = _FIRST, longest: float = _LONGEST) -> float:
    """Return how many seconds to wait after this many failures in a row. The time doubles and is partly random."""
    seconds: float = min(first * 2.0 ** min(failures - 1, 16), longest)
    return seconds * random.uniform(0.5, 1.5)  # noqa: S311 - so that processes do not retry at the same moment


@dataclass(slots=True)
class _Health:
    failures: int = 0  # failures in a row
    since: float = 0.0  # when the first of these failures happened


class Watch:
    """The health of one process's background tasks: how many failures in a row each has, and since when."""

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        """Measure times with `ticks`, a monotonic clock in seconds."""
        self._ticks, self._tasks, self._alarms = ticks, dict[str, _Health](), set[str]()

    def failing(self) -> list[str]:
        """Return the names of failing tasks and of active alarms.

        If a task has failed more than once in a row, for some time, it counts as failing.
        """
        now = self._ticks()
        failing = (name for name, each in self._tasks.items() if each.failures > 1 and now - each.since >= _KEEPS)
        return sorted({*failing, *self._alarms})

    def alarm(self, name: str, *, on: bool) -> None:
        """Set or clear an alarm that only staff can resolve. Until it is cleared, it is listed as failing."""
        (self._alarms.add if on else self._alarms.discard)(name)

    def note(self, name: str) -> Note:
        """Return a `Note` (a callback for errors) for a task that goes on after failures by itself."""

        def noted(error: Exception | None) -> None:
            health = self._tasks.setdefault(name, _Health())
            if error is None:
                health.failures = 0
                return
            health.since = health.since if health.failures else self._ticks()
            health.failures += 1

        return noted

    async def supervise(self, name: str, work: Work) -> None:
        """Run the work until cancelled, and restart it whenever it fails. Work that returns is finished."""
        failures, note = 0, self.note(f"{name} task")
        while True:
            began = self._ticks()
            try:
                await work()
                note(None)
                return
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                # some libraries raise CancelledError although nobody cancelled the task
                failure, description = Exception("cancelled"), {"error": "CancelledError"}
            except Exception as error:
                failure, description = error, describe(error)
            if self._ticks() - began > _LONGEST:  # it ran well for a while
                failures = 0
                note(None)
            failures += 1
            note(failure)
            log.error("background.failed", task=name, failures=failures, **description)
            await asyncio.sleep(backoff(failures))
