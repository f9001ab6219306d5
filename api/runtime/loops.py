"""Run recurring work until cancelled, and protect work from cancellation."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog

from api.errors import Unavailable
from api.runtime.failures import describe
from api.runtime.supervisor import Note, backoff, ignore
from api.runtime.wakeups import rest

_PAUSE, _LONGEST = 1.0, 30.0  # seconds after a failure: first and maximum, each ± 50 % at random

log = structlog.get_logger(__name__)

T = TypeVar("T")


async def forever(
    look: Callable[[], Coroutine[Any, Any, float]],
    woken: asyncio.Event,
    *,
    name: str = "",
    spacing: float = 0.0,
    note: Note = ignore,
) -> None:
    """Call `look` repeatedly until cancelled: at once, then after the seconds it returns or when `woken` is set.

    Two calls are at least `spacing` seconds apart. After `Unavailable`, the next call is a second later. After
    other errors, the pauses grow, and no wake-up shortens them. `note` receives the error of each call, or None; `name`
    appears in the log.
    """
    failures = 0
    while True:
        try:
            seconds, failures = await to_completion(look()), 0
            note(None)
        except Unavailable as away:
            log.warning("task.unavailable", task=name)
            note(away)
            await asyncio.sleep(_PAUSE)
            continue
        except Exception as error:  # one failure must not end recurring work
            failures += 1
            log.error("task.failed", task=name, failures=failures, **describe(error))
            note(error)
            await asyncio.sleep(backoff(failures, first=_PAUSE, longest=_LONGEST))
            continue
        gathering = min(spacing, max(seconds, 0.0))
        await asyncio.sleep(gathering)
        await rest(woken, seconds - gathering)


async def to_completion(work: Coroutine[Any, Any, T]) -> T:
    """Wait until the work has finished, even if this task is cancelled."""
    # a commit must not be interrupted halfway
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        with contextlib.suppress(Exception):
            await task
        raise
