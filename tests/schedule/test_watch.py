"""Background tasks never end by themselves: they are restarted, and readiness reports what keeps failing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from api.errors import Unavailable
from api.runtime import supervisor as watching
from api.runtime.loops import forever
from api.runtime.supervisor import Watch, backoff
from tests.world import World


class Ticks:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Work:
    """Work that fails in each of these ways, and then runs forever, or returns."""

    def __init__(self, *failures: BaseException, returns: bool = False) -> None:
        self._failures, self._returns = list(failures), returns
        self.begun, self.goes_on = 0, asyncio.Event()

    async def __call__(self) -> None:
        self.begun += 1
        if self._failures:
            raise self._failures.pop(0)
        self.goes_on.set()
        if not self._returns:
            await asyncio.Event().wait()


@asynccontextmanager
async def supervised(watch: Watch, work: Work) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(watch.supervise("work", work))
    try:
        async with asyncio.timeout(20):
            await work.goes_on.wait()
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_FIRST", 0.0)
    monkeypatch.setattr(watching.backoff, "__kwdefaults__", {"first": 0.0, "longest": 0.0})


ODD = (
    RuntimeError("+212600000001"),
    RecursionError(),
    MemoryError(),
    asyncio.CancelledError(),
    Unavailable(),
    KeyError(1),
)


async def test_whatever_stops_a_task_it_is_restarted(capsys: pytest.CaptureFixture[str]) -> None:
    work = Work(*ODD)
    async with supervised(Watch(), work) as task:
        assert work.begun == len(ODD) + 1
        assert not task.done()
    logged = "".join(capsys.readouterr())
    assert logged.count("background.failed") == len(ODD)
    assert "600000" not in logged  # only the type of an error is logged, never its text
    assert all(type(error).__name__ in logged for error in ODD)


async def test_it_ends_when_cancelled_and_when_its_work_returns() -> None:
    async with supervised(Watch(), Work()) as task:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()
    done = Work(RuntimeError(), returns=True)
    async with supervised(Watch(), done) as task:
        await task
        assert done.begun == 2


@pytest.mark.parametrize(
    ("notes", "failing"),
    [
        ([], []),
        ([(0, None)], []),
        ([(0, "x"), (60, None)], []),  # once, and then fine
        ([(0, "x")], []),  # a connection can break once
        ([(0, "x"), (1, "x"), (2, "x")], []),  # not for long enough
        ([(0, "x"), (5, "x"), (5, "x")], ["outbox"]),
        ([(0, "x"), (5, "x"), (5, "x"), (1, None)], []),
        ([(0, "x"), (5, None), (5, "x"), (5, "x")], []),  # a success resets the count
    ],
    ids=range(8),
)
def test_what_keeps_failing_is_named(notes: list[tuple[float, str | None]], failing: list[str]) -> None:
    ticks = Ticks()
    watch = Watch(ticks)
    note = watch.note("outbox")
    for passed, error in notes:
        ticks.now += passed
        note(None if error is None else RuntimeError(error))
    assert watch.failing() == failing


def test_pauses_grow_up_to_a_limit_and_vary() -> None:
    bounds: Callable[[int], tuple[float, float]] = lambda usual: (0.5 * usual, 1.5 * usual)  # noqa: E731
    for failures, usual in ((1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (1000, 60)):
        low, high = bounds(usual)
        assert low <= backoff(failures, first=1.0, longest=60.0) <= high
    assert len({backoff(3, first=1.0, longest=60.0) for _ in range(20)}) > 1


async def test_every_round_is_reported() -> None:
    reports: asyncio.Queue[str] = asyncio.Queue()
    outcomes: list[Any] = [RuntimeError(), Unavailable(), 0.0, 0.0]

    async def look() -> float:
        outcome = outcomes.pop(0) if outcomes else 3600.0
        if isinstance(outcome, Exception):
            raise outcome
        return float(outcome)

    woken = asyncio.Event()
    woken.set()
    looking = asyncio.create_task(forever(look, woken, note=lambda error: reports.put_nowait(type(error).__name__)))
    async with asyncio.timeout(20):
        assert [await reports.get() for _ in range(4)] == ["RuntimeError", "Unavailable", "NoneType", "NoneType"]
    looking.cancel()
    await asyncio.wait([looking])


async def test_readiness_reads_it_and_health_does_not(quiet_world: World) -> None:
    assert (await quiet_world.http.get("/readyz")).json() == {"status": "ready"}
    note = quiet_world.service.means.watch.note("deliver twilio")
    note(RuntimeError("+212600000001"))
    note(RuntimeError("+212600000001"))
    health = quiet_world.service.means.watch._tasks["deliver twilio"]
    health.since -= 11
    answer = await quiet_world.http.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "failing", "wrong": [], "tasks": ["deliver twilio"]})
    assert (await quiet_world.http.get("/health")).status_code == 200
    note(None)
    assert (await quiet_world.http.get("/readyz")).status_code == 200
