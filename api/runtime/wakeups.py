"""Wake-ups: whoever waits for something to become due hears at once that something new was committed."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

OUTBOX, SCHEDULE = "outbox", "schedule"  # what one can wait for: deliveries to send, moments that are to come
TOPICS = (OUTBOX, SCHEDULE)
WAKES_SCHEDULE: dict[Any, Any] = {"info": {"wakes": SCHEDULE}}  # of a table: a write to it may bring a moment nearer

_PENDING = "wakes"  # in a session's `info`


def wake(session: AsyncSession, topic: str) -> None:
    """Wake whoever waits for this topic, in every process, once the session's transaction is committed."""
    pending(session.info).add(topic)


def wakes(table: Table) -> str | None:
    """The topic that every write to this table wakes, if there is one."""
    found: str | None = table.info.get("wakes")
    return found


def pending(info: dict[Any, Any]) -> set[str]:
    """The topics to wake at the end of a session's transaction, by the session's `info`."""
    found: set[str] = info.setdefault(_PENDING, set())
    return found


class Wakeups:
    """The sleepers of one process."""

    def __init__(self) -> None:
        self.name = secrets.token_hex(4)  # by which a process knows its own wake-ups when they come back to it
        self._sleepers: dict[str, set[asyncio.Event]] = {topic: set() for topic in TOPICS}

    @contextlib.contextmanager
    def sleeper(self, topic: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever this topic is woken, while the block runs. `rest` waits for it."""
        event = asyncio.Event()
        self._sleepers[topic].add(event)
        try:
            yield event
        finally:
            self._sleepers[topic].discard(event)

    def ring(self, topics: Iterable[str] = TOPICS) -> None:
        """Wake the sleepers of these topics; of all, if it is unknown what was missed."""
        for topic in topics:
            for event in self._sleepers.get(topic, ()):
                event.set()


async def rest(woken: asyncio.Event, seconds: float) -> bool:
    """Sleep until woken, or for so many seconds. Says whether it was woken; the next rest begins anew."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(max(seconds, 0.0)):
            await woken.wait()
    found = woken.is_set()
    woken.clear()
    return found
