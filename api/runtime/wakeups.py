"""Wake-ups: tell tasks that wait for work that something was committed."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncSession

OUTBOX, SCHEDULE = "outbox", "schedule"  # topics: deliveries to send, and times at which jobs are due
TOPICS = (OUTBOX, SCHEDULE)
WAKES_SCHEDULE: dict[Any, Any] = {"info": {"wakes": SCHEDULE}}  # for tables whose rows may make a job due earlier

_PENDING = "wakes"  # in a session's `info`


def wake(session: AsyncSession, topic: str) -> None:
    """Wake all tasks that wait for this topic, in every process, once the session's transaction commits."""
    pending(session.info).add(topic)


def wakes(table: Table) -> str | None:
    """Return the topic that every write to this table wakes; None if there is none."""
    topic: str | None = table.info.get("wakes")
    return topic


def pending(info: dict[Any, Any]) -> set[str]:
    """Return the set of topics to wake at the commit, which is stored in the session's `info`."""
    topics: set[str] = info.setdefault(_PENDING, set())
    return topics


class Wakeups:
    """The tasks of one process that wait for wake-ups."""

    def __init__(self) -> None:
        self.name = secrets.token_hex(4)  # by which a process recognises its own notifications
        self._sleepers: dict[str, set[asyncio.Event]] = {topic: set() for topic in TOPICS}

    @contextlib.contextmanager
    def sleeper(self, topic: str) -> Iterator[asyncio.Event]:
        """Within the block, provide an event that is set whenever this topic is woken. Wait for it with `rest`."""
        event = asyncio.Event()
        self._sleepers[topic].add(event)
        try:
            yield event
        finally:
            self._sleepers[topic].discard(event)

    def ring(self, topics: Iterable[str] = TOPICS) -> None:
        """Wake the tasks that wait for these topics. By default wake all tasks, as wake-ups may have been missed."""
        for topic in topics:
            for event in self._sleepers.get(topic, ()):
                event.set()


async def rest(woken: asyncio.Event, seconds: float) -> bool:
    """Sleep until the event `woken` is set, but at most `seconds`. Return whether it was set, and clear it."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(max(seconds, 0.0)):
            await woken.wait()
    was_woken = woken.is_set()
    woken.clear()
    return was_woken
