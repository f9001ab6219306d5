"""What must happen with time and by itself: claims of dead processes become unsure, old texts are blanked."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog

from api.errors import Unavailable
from api.runtime.failures import described
from api.runtime.supervisor import Note, pause, unheard
from api.runtime.wakeups import rest

_PAUSE, _LONGEST = 1.0, 30.0  # seconds after a failure: the first, and at most, half as much more by chance

log = structlog.get_logger(__name__)

T = TypeVar("T")


async def forever(
    look: Callable[[], Coroutine[Any, Any, float]],
    woken: asyncio.Event,
    *,
    name: str = "",
    spacing: float = 0.0,
    note: Note = unheard,
) -> None:
    """Look now, and again after so many seconds as the look says or when woken, until cancelled.

    `spacing`: seconds that lie between two looks even so. A database that is away is tried again after a second; what
    fails otherwise, after pauses that grow, and that no wake-up cuts short. Every look is told to `note`; `name` says
    in the log what fails.
    """
    failures = 0
    while True:
        try:
            seconds, failures = await whole(look()), 0
            note(None)
        except Unavailable as away:
            log.warning("sweep.unavailable", task=name)
            note(away)
            await asyncio.sleep(_PAUSE)
            continue
        except Exception as error:  # whatever went wrong once must not end what has to happen with time
            failures += 1
            log.error("sweep.failed", task=name, failures=failures, **described(error))
            note(error)
            await asyncio.sleep(pause(failures, first=_PAUSE, longest=_LONGEST))
            continue
        gathering = min(spacing, max(seconds, 0.0))
        await asyncio.sleep(gathering)
        await rest(woken, seconds - gathering)


async def whole(work: Coroutine[Any, Any, T]) -> T:
    """Do the work to its end even if cancelled meanwhile: a commit that is broken off may still have counted."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        with contextlib.suppress(Exception):
            await task
        raise
