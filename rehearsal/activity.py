"""Knows what is under way, so that a test can wait for the end of it instead of sleeping."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

log = logging.getLogger(__name__)


class NotSettledError(TimeoutError):
    """What was waited for did not come in time; the text says what was still under way."""


class Activity:
    """Counts open work, runs background tasks, and wakes whoever waits for a change.

    `version` grows with every change.
    """

    def __init__(self) -> None:
        self.version = 0
        self.closed = False
        self.open: Counter[str] = Counter()
        self._event = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._errors: list[BaseException] = []

    def touch(self) -> None:
        """Something changed: wake all who wait."""
        self.version += 1
        event, self._event = self._event, asyncio.Event()
        event.set()

    async def changed(self) -> None:
        """Return at the next change."""
        await self._event.wait()

    @contextmanager
    def working(self, what: str) -> Iterator[None]:
        """Count a piece of work as open while the block runs; `what` names it in a time-out's message."""
        self.open[what] += 1
        try:
            yield
        finally:
            self.open[what] -= 1
            self.touch()

    def spawn(self, what: str, work: Coroutine[Any, Any, None]) -> None:
        """Run work in the background, counted as open; what it raises comes out of the next `until`."""

        # Counted from here on, not from the task's first step: whoever waits for the end must not look between the two.
        open_work = ExitStack()
        open_work.enter_context(self.working(what))

        async def run() -> None:
            try:
                await work
            except Exception as error:
                log.exception("%s failed", what)
                self._errors.append(error)

        def done(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            work.close()  # it never began where the task was cancelled before its first step
            open_work.close()

        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(done)

    async def until(self, true: Callable[[], bool], *, seconds: float, what: Callable[[], str]) -> None:
        """Return once `true()` holds; raise `NotSettledError` with `what()` after `seconds`, or a background error at
        once.
        """
        try:
            async with asyncio.timeout(seconds):
                while True:
                    if self._errors:
                        raise self._errors.pop()
                    if true():
                        return
                    await self.changed()
        except TimeoutError:
            raise NotSettledError(f"still waiting after {seconds} s: {what()}") from None

    async def within(self, seconds: float, true: Callable[[], bool]) -> None:
        """Return once `true()` holds, the time is over, or the network closes: the wait of a long poll."""
        try:
            async with asyncio.timeout(seconds):
                while not true() and not self.closed:
                    await self.changed()
        except TimeoutError:
            return

    def underway(self) -> list[str]:
        """Name the open work, each with its number."""
        return [f"{count} x {what}" for what, count in self.open.items() if count]

    async def aclose(self) -> None:
        """End all background tasks and wake all who wait, for good: a long poll ends when it sees `closed`."""
        self.closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.touch()
