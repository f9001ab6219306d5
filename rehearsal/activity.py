"""Keep track of open work, so that tests can wait for its end instead of sleeping."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

log = logging.getLogger(__name__)


class NotSettledError(TimeoutError):
    """Raised if open work does not end in time. The message names the work."""


class Activity:
    """Counts open work, runs background tasks, and wakes tasks that wait for a change.

    `version` increases with every change.
    """

    def __init__(self) -> None:
        self.version = 0
        self.closed = False
        self.open: Counter[str] = Counter()
        self._event = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._errors: list[BaseException] = []

    def touch(self) -> None:
        """Increase `version`, and wake all tasks that wait for a change."""
        self.version += 1
        event, self._event = self._event, asyncio.Event()
        event.set()

    async def changed(self) -> None:
        """Wait for the next change."""
        await self._event.wait()

    @contextmanager
    def working(self, name: str) -> Iterator[None]:
        """Count a piece of work as open while the block runs. `name` appears in the message of a time-out."""
        self.open[name] += 1
        try:
            yield
        finally:
            self.open[name] -= 1
            self.touch()

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Run work in the background, and count it as open.

        If the work raises an error, the next call of `until` raises that error.
        """

        # Counted from now on, not from the task's first step: a test may check in between whether all work is done.
        open_work = ExitStack()
        open_work.enter_context(self.working(name))

        async def run() -> None:
            try:
                await work
            except Exception as error:
                log.exception("%s failed", name)
                self._errors.append(error)

        def done(task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            work.close()  # needed if the task was cancelled before its first step
            open_work.close()

        task = asyncio.get_running_loop().create_task(run())
        self._tasks.add(task)
        task.add_done_callback(done)

    async def until(self, condition: Callable[[], bool], *, seconds: float, describe: Callable[[], str]) -> None:
        """Wait until `condition()` is true.

        After `seconds`, raises `NotSettledError` with the text of `describe()`. If background work fails, raises its
        error immediately.
        """
        try:
            async with asyncio.timeout(seconds):
                while True:
                    if self._errors:
                        raise self._errors.pop()
                    if condition():
                        return
                    await self.changed()
        except TimeoutError:
            raise NotSettledError(f"still waiting after {seconds} s: {describe()}") from None

    async def within(self, seconds: float, condition: Callable[[], bool]) -> None:
        """Wait until `condition()` is true, `seconds` have passed, or the network closes. Long polls use this."""
        try:
            async with asyncio.timeout(seconds):
                while not condition() and not self.closed:
                    await self.changed()
        except TimeoutError:
            return

    def underway(self) -> list[str]:
        """Return the open work: each name with the number of times it is open."""
        return [f"{count} x {name}" for name, count in self.open.items() if count]

    async def aclose(self) -> None:
        """Cancel background tasks, and end long polls."""
        self.closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.touch()  # long polls wake up, and see that `closed` is true
