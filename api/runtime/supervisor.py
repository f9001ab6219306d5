"""Background tasks under one supervisor: what fails is logged and begun again, and readiness asks how they fare."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from api.runtime.failures import described

log = structlog.get_logger(__name__)

Work = Callable[[], Coroutine[Any, Any, None]]
Note = Callable[[Exception | None], None]  # of one round of a task: what went wrong, or None

_FIRST, _LONGEST = 1.0, 60.0  # seconds before a task begins again: after its first failure, and at most
_KEEPS = 10.0  # seconds of nothing but failures after which a task counts as failing


def unheard(_error: Exception | None) -> None:
    """A note that nobody takes."""


def pause(failures: int, *, first: float = _FIRST, longest: float = _LONGEST) -> float:
    """Seconds to wait after so many failures in a row: doubled each time, and not the same for two processes."""
    usual: float = min(first * 2.0 ** min(failures - 1, 16), longest)
    return usual * random.uniform(0.5, 1.5)  # noqa: S311 - so that nobody begins again at the same moment


@dataclass(slots=True)
class _Health:
    failures: int = 0  # in a row
    since: float = 0.0  # the first of them


class Watch:
    """How the background tasks of one process fare. Of an error only its kind is told: its text may hold anything."""

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        """`ticks` counts seconds and never goes back."""
        self._ticks, self._tasks, self._alarms = ticks, dict[str, _Health](), set[str]()

    def failing(self) -> list[str]:
        """The names of the tasks that keep failing, and of alarms.

        A task does if it failed more than once in a row, for some time, and was never well since.
        """
        now = self._ticks()
        failing = (name for name, each in self._tasks.items() if each.failures > 1 and now - each.since >= _KEEPS)
        return sorted({*failing, *self._alarms})

    def alarm(self, name: str, *, on: bool) -> None:
        """Something that only staff can help, and that counts as failing until it is off again."""
        (self._alarms.add if on else self._alarms.discard)(name)

    def note(self, name: str) -> Note:
        """What a task tells each of its rounds to, where it goes on by itself after a failure."""

        def told(error: Exception | None) -> None:
            health = self._tasks.setdefault(name, _Health())
            if error is None:
                health.failures = 0
                return
            health.since = health.since if health.failures else self._ticks()
            health.failures += 1

        return told

    async def keep(self, name: str, work: Work) -> None:
        """Do the work until cancelled, and begin it again whenever it fails. Work that returns is done.

        A cancellation that nobody asked for, as libraries let slip through, is a failure like any other.
        """
        failures, told = 0, self.note(f"{name} task")
        while True:
            began = self._ticks()
            try:
                await work()
                told(None)
                return
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or task.cancelling():
                    raise
                problem, told_of = Exception("cancelled"), {"error": "CancelledError"}
            except Exception as error:
                problem, told_of = error, described(error)
            if self._ticks() - began > _LONGEST:  # it went well for a while
                failures = 0
                told(None)
            failures += 1
            told(problem)
            log.error("background.failed", task=name, failures=failures, **told_of)
            await asyncio.sleep(pause(failures))
