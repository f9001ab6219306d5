"""What must happen with time and by itself: claims of dead processes become unsure, old texts are blanked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from api.errors import Unavailable

log = structlog.get_logger(__name__)


async def every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work now and then again and again, until cancelled; a database that is away is waited for."""
    while True:
        try:
            await work()
        except Unavailable:
            log.warning("sweep.unavailable")
        await asyncio.sleep(seconds)
