"""A clock that jumps closes nothing: what cannot be undone waits until the clocks agree again or staff confirm."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from typer.testing import CliRunner

from api.audit import Act
from api.background import schedule
from api.background.job import Job, Moment
from api.background.scheduler import Scheduler
from api.clocks import rules
from api.clocks.rules import Reading
from api.clocks.service import Clocks
from api.consultations import lifecycle
from api.consultations.models import Consultation
from api.db import Database
from api.db import Moment as Point
from api.runtime.supervisor import Watch
from sawt.__main__ import cli
from tests.api.office import call
from tests.clock import MovingClock
from tests.databases import PostgresDatabases
from tests.terminal import Terminal
from tests.world import KEYS, World

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
DAY = 86_400.0


def reading(wall: float, ticks: float, database: float | None = None) -> Reading:
    """Return what the clocks show so many seconds after noon."""
    return Reading(
        NOON + timedelta(seconds=wall),
        1000.0 + ticks,
        None if database is None else NOON + timedelta(seconds=database),
    )


@pytest.mark.parametrize(
    ("now", "ahead"),
    [
        (reading(0, 0), 0),
        (reading(3600, 3600), 0),
        (reading(3660, 3600), 60),
        (reading(3661, 3600), 61),
        (reading(3539, 3600), -61),
        (reading(10 * DAY, 30), 10 * DAY - 30),
        (reading(-DAY, 30), -DAY - 30),
        (reading(3600, 3600, 3600), 0),
        (reading(3600, 3600, 3500), 100),  # the database's clock disagrees
        (reading(3600, 3600, 3700), -100),
        (reading(3600, 3500, 3600), 100),
        (reading(3600, 3590, 3400), 200),  # the largest difference counts
    ],
    ids=range(12),
)
def test_how_far_a_clock_is_ahead(now: Reading, ahead: float) -> None:
    before = reading(0, 0, None if now.database is None else 0)
    assert rules.ahead(before, now).total_seconds() == ahead
    assert rules.is_trusted(before, now) is (abs(ahead) <= 60)


def test_at_the_start_the_database_is_believed() -> None:
    start = reading(10 * DAY, 0, 0)
    assert rules.ahead(rules.first(start), start) == timedelta(days=10)
    alone = reading(10 * DAY, 0)
    assert rules.is_trusted(rules.first(alone), alone)


class Hours:
    """The scheduler of a process, its monotonic clock, and a consultation that is to close."""

    def __init__(self, world: World) -> None:
        self.world, self.ticks = world, 500.0
        self.means = replace(world.service.means, ticks=lambda: self.ticks)
        self.scheduler = self.process()

    def process(self) -> Scheduler:
        """Return another scheduler with the same context, as after a restart."""
        return schedule.scheduler(self.world.kit, self.means)

    async def look(self, *, wall: float = 0.0, ticks: float = 0.0, on: Scheduler | None = None) -> str:
        """Advance both clocks, run the scheduler once, and return the consultation's state."""
        self.world.now.advance(seconds=wall)
        self.ticks += ticks
        await (on or self.scheduler).once()
        async with self.world.db.transaction() as session:
            return (await session.scalars(select(Consultation.state).where(Consultation.code == "plan"))).one()


@pytest.fixture
async def hours(quiet_world: World) -> Hours:
    async with quiet_world.db.transaction() as session:
        closing = quiet_world.now.later(hours=1)
        await lifecycle.schedule(session, "plan", opens_at=None, closes_at=closing, who="amina", now=quiet_world.now())
    result = Hours(quiet_world)
    assert await result.look() == "open"
    return result


async def clocks(world: World) -> list[int]:
    return [each["ahead"] for each in (await call(world, "GET", "/v1/overview")).json()["clocks"]]


async def test_a_jump_closes_nothing_and_is_reported_until_the_clocks_agree(hours: Hours) -> None:
    world = hours.world
    assert await hours.look(wall=10 * DAY, ticks=1.0) == "open"
    assert [round(ahead / DAY) for ahead in await clocks(world)] == [10]
    answer = await world.http.get("/readyz")
    assert (answer.status_code, answer.json()["tasks"]) == (503, ["clock"])
    assert await hours.look(wall=3600, ticks=3600) == "open"
    assert await hours.look(wall=-10 * DAY) == "closed"  # the hour has passed by now
    assert await clocks(world) == []
    assert (await world.http.get("/readyz")).status_code == 200


async def test_time_that_passed_on_all_clocks_closes_it(hours: Hours) -> None:
    assert await hours.look(wall=3601, ticks=3600) == "closed"
    assert await clocks(hours.world) == []


async def test_staff_confirm_the_time(hours: Hours, capsys: pytest.CaptureFixture[str]) -> None:
    world = hours.world
    assert await hours.look(wall=2 * DAY) == "open"
    assert (await call(world, "POST", "/v1/clock/confirm")).json() == {"processes": 1}
    assert await hours.look(wall=1.0, ticks=1.0) == "closed"
    assert await clocks(world) == []
    async with world.db.transaction() as session:
        acts = [(act.who, act.act) for act in await session.scalars(select(Act).where(Act.subject == "clock"))]
    assert acts == [("amina", "confirm time")]
    logged = "".join(capsys.readouterr())
    assert "clock.jumped" in logged
    assert "clock.confirmed" in logged


async def test_a_restart_does_not_forget_that_the_clock_jumped(hours: Hours) -> None:
    assert await hours.look(wall=2 * DAY) == "open"
    after = hours.process()
    assert await hours.look(on=after) == "open"
    assert await hours.look(wall=60.0, ticks=60.0, on=after) == "open"
    await call(hours.world, "POST", "/v1/clock/confirm")
    assert await hours.look(on=after) == "closed"


async def test_the_command_lists_and_confirms(hours: Hours, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "SAWT_DATABASE_URL": hours.world.settings.database_url,
        "SAWT_KEYS": KEYS,
        "COLUMNS": "200",
    }.items():
        monkeypatch.setenv(name, value)
    run: Callable[..., str] = lambda *words: CliRunner().invoke(cli, words).output  # noqa: E731
    assert await asyncio.to_thread(run, "clock", "list") == "All clocks agree.\n"
    await hours.look(wall=-DAY)
    ahead = re.findall(r"-\d{4,}", await asyncio.to_thread(run, "clock", "list"))
    assert [abs(int(seconds) + DAY) < 60 for seconds in ahead] == [True]  # the clock runs on during the test
    assert "behind: openings and closings wait" in (await Terminal(hours.world, monkeypatch)("today")).output
    assert await asyncio.to_thread(run, "clock", "confirm", "--as", "amina") == "Confirmed for 1 process.\n"
    assert await asyncio.to_thread(run, "clock", "confirm", "--as", "amina") == "No process was waiting.\n"


@pytest.fixture
def postgres_only(request: pytest.FixtureRequest) -> PostgresDatabases:
    """The database that has a clock of its own."""
    databases: PostgresDatabases = request.getfixturevalue("_postgresql")
    return databases


async def test_the_clock_of_the_database_is_asked(postgres_only: PostgresDatabases) -> None:
    """A process that starts with a clock days ahead of the server's runs no final job."""
    db, clock, watch = Database(await postgres_only.fresh()), MovingClock(), Watch()
    done: list[str] = []

    def job(name: str, *, final: bool) -> Job:
        async def work(_session: AsyncSession, _now: datetime) -> None:
            done.append(name)

        return Job(name, work, (Moment(select(bindparam("now", type_=Point()))),), final=final)

    async def look(expected: list[str]) -> None:
        done.clear()
        jobs = (job("final", final=True), job("other", final=False))
        clocks = Clocks(db, lambda: 1.0, watch)
        await Scheduler(jobs, db, clock, net=3600.0, values=lambda _now: {}, clocks=clocks).once()
        assert done == expected

    clock.be_real()
    await look(["final", "other"])
    clock.advance(days=2)
    await look(["other"])
    assert watch.failing() == ["clock"]
    await db.close()
