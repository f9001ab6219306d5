"""What must happen with time and by itself: claims of dead processes become unsure, old texts are blanked."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import structlog

from api.errors import Unavailable

log = structlog.get_logger(__name__)

T = TypeVar("T")


async def every(seconds: float, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do the work now and then again and again, until cancelled; a database that is away is waited for."""
    while True:
        try:
            await whole(work())
        except Unavailable:
            log.warning("sweep.unavailable")
        except Exception as error:  # whatever went wrong once must not end what has to happen with time
            log.error("sweep.failed", error=type(error).__name__)
        await asyncio.sleep(seconds)


async def whole(work: Coroutine[Any, Any, T]) -> T:
    """Do the work to its end even if cancelled meanwhile: a commit that is broken off may still have counted."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        with contextlib.suppress(Exception):
            await task
        raise
