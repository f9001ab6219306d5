"""Four real processes on a road of 50 per second: never more than 50 in a second, and hardly fewer."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, select

from api.db import Database
from api.outbox.flow import slots
from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from tests.databases import PostgresDatabases
from tests.faults.service import Service, reserved_port
from tests.outbox.queued import queue
from tests.server import free_socket
from tests.world import KEYRING, settings_for

RATE, PROCESSES = 50, 4
WARM = 2.0  # seconds after the last process's first message, which is slowed by imports
SHORT, LONG = 6, 60  # seconds: usually, and in the whole matrix
STEADY = 0.005  # the share of a lane a machine may lose and still count as keeping up
_ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Arrivals:
    """What the receiver recorded, by moment."""

    moments: list[float] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    deliveries: list[int] = field(default_factory=list)

    @classmethod
    def read(cls, log: Path) -> Arrivals:
        """All complete lines so far."""
        lines = log.read_text(encoding="ascii").rpartition("\n")[0].splitlines() if log.exists() else []
        arrivals = cls()
        for moment, sender, delivery in sorted(line.split() for line in lines):
            arrivals.moments.append(float(moment))
            arrivals.senders.append(sender)
            arrivals.deliveries.append(int(delivery))
        return arrivals

    def within(self, start: float, end: float) -> int:
        """How many arrived between two moments."""
        return sum(start <= moment < end for moment in self.moments)

    def shortest(self, count: int) -> float:
        """The shortest time in seconds from any arrival to the `count`-th after it."""
        return min(after - before for before, after in zip(self.moments, self.moments[count:], strict=False))


@asynccontextmanager
async def process(*command: str, **options: object) -> AsyncIterator[Process]:
    """One of our modules as a process, terminated with the block."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", *command, cwd=_ROOT, **options)  # type: ignore[arg-type]
    try:
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
            await child.communicate()


async def sending(stack: AsyncExitStack, url: str, folder: Path) -> list[Service]:
    """The services, all listening; their messages go to a receiver that records them in `folder`."""
    on, log = free_socket(), folder / "arrivals"
    on.listen(1024)
    await stack.enter_async_context(
        process("tests.outbox.receiver", str(on.fileno()), str(log), pass_fds=[on.fileno()])
    )
    settings = settings_for(
        url,
        "http://nowhere",
        twilio_api_url=f"http://127.0.0.1:{on.getsockname()[1]}/twilio",
        telegram_token="",
        rates={"twilio": RATE},
        at_once=250,
        background=["deliver"],
        log_level="DEBUG",
    )
    services = [
        Service(settings, port=stack.enter_context(reserved_port()), log=folder / f"{number}.log")
        for number in range(PROCESSES)
    ]
    for service in services:
        stack.push_async_callback(service.end)
    starting = (service.start(public_url=f"http://process{number}") for number, service in enumerate(services))
    await asyncio.gather(*starting)
    on.close()
    return services


async def until_all_send(log: Path) -> float:
    """Wait until every process has sent; return the time. The first message of each opens its connections."""
    async with asyncio.timeout(60):
        while len(set((arrivals := Arrivals.read(log)).senders)) < PROCESSES:  # noqa: ASYNC110 - other processes write it
            await asyncio.sleep(0.1)
    return arrivals.moments[-1]


def lost_to_stalls(folder: Path) -> float:
    """The missed slots, and the delays of the lane, as the processes logged them."""
    lines = [
        json.loads(line) for log in folder.glob("*.log") for line in log.read_text().splitlines() if "outbox." in line
    ]
    missed = sum(line["count"] for line in lines if line["event"] == "outbox.slot_missed")
    return missed + RATE * sum(line["seconds"] for line in lines if line["event"] == "outbox.sent_late")


@pytest.fixture
def postgres_only(request: pytest.FixtureRequest) -> PostgresDatabases:
    """The suite's PostgreSQL server: the minute is spent once, on the database that processes share."""
    server: PostgresDatabases = request.getfixturevalue("_postgresql")
    return server


@pytest.fixture
def seconds(request: pytest.FixtureRequest) -> int:
    """How long to measure."""
    return LONG if request.config.getoption("--whole") else SHORT


@pytest.mark.alone
async def test_a_road_is_used_and_never_exceeded(
    postgres_only: PostgresDatabases, tmp_path: Path, seconds: int
) -> None:
    url, log = await postgres_only.fresh(), tmp_path / "arrivals"
    db = Database(url)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(db.close)
        services = await sending(stack, url, tmp_path)
        await queue(db, KEYRING, count=RATE * (seconds + 30))
        start = await until_all_send(log) + WARM
        await asyncio.sleep(WARM)
        async with process("tests.outbox.bystander", stdout=PIPE) as bystander:
            await asyncio.sleep(seconds)
            bystander.terminate()
            kept_from_it, longest = map(float, (await bystander.communicate())[0].split())
        await asyncio.gather(*(service.end() for service in services))
        arrivals = Arrivals.read(log)

        assert len(set(arrivals.deliveries)) == len(arrivals.deliveries)
        # Nobody can compensate for a stall after a process recorded that a message left. If this machine stalled for
        # longer than the spare time, a window may be short by that much, and by no more.
        kept_unseen = longest if longest > slots.SPARE.total_seconds() else 0.0
        assert arrivals.shortest(RATE) >= 1.0 - kept_unseen, (
            f"the machine stood still for {longest * 1000:.1f} ms at once"
        )
        used, stalled = arrivals.within(start, start + seconds) / (RATE * seconds), kept_from_it / seconds
        # Stalls seen by the bystander may have delayed claims too, which nobody records. On a machine that stalled for
        # longer, the lane's recorded losses count as well.
        lost = stalled + (lost_to_stalls(tmp_path) / (RATE * seconds) if stalled > STEADY else 0.0)
        assert used + lost >= 0.98, f"{used:.1%} used, {lost:.1%} lost to stalls; the machine stood still {stalled:.1%}"

        async with db.transaction() as session:
            rows = await session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
        assert dict(rows.all()) == {
            DeliveryState.SENT: len(arrivals.deliveries),
            DeliveryState.QUEUED: RATE * (seconds + 30) - len(arrivals.deliveries),
        }
    assert [each for service in services for each in service.errors()] == []
