"""What the scheduler does: openings, closings, launches and expiries, each once however many processes run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from api.campaigns import actions, failure_breaker, service
from api.campaigns.scheduler import tick
from api.channel import Rejected, SendError, SendResult
from api.consultations import drafts, lifecycle
from api.consultations import service as consultations
from api.consultations.schemas import ConsultationIn
from api.db import Database
from api.errors import Conflict, Invalid
from api.outbox import service as outbox
from api.proposals.context import ProposalContext
from api.residents import service as residents
from api.residents.locks import lock
from api.workflows import rounds
from sawt.vault import database
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import NEWS, clock, make, state, states, take
from tests.consultations import main_consultation
from tests.outbox.mouths import Mouth, deliverer
from tests.outbox.rows import counted, tallied
from tests.world import KEYRING, World

Work = Callable[[AsyncSession, datetime], Awaitable[object]]


@pytest.mark.parametrize(
    ("tried", "failed", "tripped"),
    [(0, 0, False), (49, 49, False), (50, 24, False), (50, 25, True), (1000, 499, False), (1000, 1000, True)],
)
def test_when_the_failure_breaker_trips(tried: int, failed: int, tripped: bool) -> None:
    assert failure_breaker.trips(tried=tried, failed=failed) is tripped


async def five_at_once(world: World, work: Work) -> list[object]:
    """What five processes do at the same moment."""
    processes = [database(world.settings) for _ in range(5)]

    async def one(db: Database) -> object:
        async with db.transaction() as session:
            return await work(session, world.now())

    done = await asyncio.gather(*map(one, processes))
    for db in processes:
        await db.close()
    return done


async def draft(world: World, **more: object) -> None:
    data = ConsultationIn.model_validate({**main_consultation(), "code": "later", **more})
    async with world.db.transaction() as session:
        await drafts.create(session, data, who="amina", now=world.now())


async def of_later(world: World) -> tuple[str, int]:
    async with world.db.transaction() as session:
        later = await consultations.get(session, "later")
        return later.state, later.revision


async def until(world: World, expected: str) -> None:
    """Wait for the service's own scheduler."""
    async with asyncio.timeout(60):
        while (await of_later(world))[0] != expected:  # noqa: ASYNC110 - the service makes it so
            await asyncio.sleep(0.05)


async def test_a_consultation_opens_and_closes_by_itself(ticking_world: World) -> None:
    times = {"opens_at": ticking_world.now.later(hours=1), "closes_at": ticking_world.now.later(hours=2)}
    await draft(ticking_world, **times)
    assert await of_later(ticking_world) == ("draft", 1)
    ticking_world.now.advance(hours=1, seconds=1)
    await until(ticking_world, "open")
    ticking_world.now.advance(hours=1)
    await until(ticking_world, "closed")


async def test_five_processes_open_and_close_it_once(own_world: World) -> None:
    # Both times are past for these processes and future for the service's own scheduler.
    moment = own_world.now.later(days=30)
    await draft(own_world, opens_at=moment, closes_at=own_world.now.later(days=31))
    opened = await five_at_once(own_world, lambda session, _: lifecycle.open_due(session, now=moment))
    assert sorted(map(int, map(str, opened))) == [0, 0, 0, 0, 1]
    after, kit = own_world.now.later(days=32), ProposalContext(own_world.kit.catalogs, KEYRING)
    closed = await five_at_once(own_world, lambda session, _: rounds.close_due(session, kit=kit, now=after))
    assert sum(map(int, map(str, closed))) >= 1
    assert await of_later(own_world) == ("closed", 2)


async def test_a_draft_whose_end_is_past_does_not_open(own_world: World) -> None:
    await draft(own_world, opens_at=own_world.now.later(days=30), closes_at=own_world.now.later(days=31))
    async with own_world.db.transaction() as session:
        assert await lifecycle.open_due(session, now=own_world.now.later(days=31)) == 0


async def test_times_can_be_changed_and_are_checked(own_world: World) -> None:
    await draft(own_world)
    now, later = own_world.now(), own_world.now.later
    async with own_world.db.transaction() as session:
        for opens_at, closes_at in ((now, None), (later(hours=2), later(hours=1)), (None, now)):
            with pytest.raises(Invalid):
                await lifecycle.schedule(session, "later", opens_at=opens_at, closes_at=closes_at, who="amina", now=now)
        scheduled = await lifecycle.schedule(
            session, "later", opens_at=later(hours=1), closes_at=None, who="amina", now=now
        )
        assert (scheduled.opens_at, scheduled.closes_at) != (None, None)
        await lifecycle.schedule(session, "later", opens_at=None, closes_at=None, who="amina", now=now)
        await lifecycle.open_draft(session, "later", who="amina", now=now)
        with pytest.raises(Conflict):
            await lifecycle.schedule(session, "later", opens_at=later(hours=1), closes_at=None, who="amina", now=now)
        await lifecycle.close_ballots(session, "later", who="amina", now=now)
        with pytest.raises(Conflict):
            await lifecycle.schedule(session, "later", opens_at=None, closes_at=later(hours=1), who="amina", now=now)


async def test_five_processes_launch_it_once(own_world: World) -> None:
    for _ in range(3):
        await resident(own_world)
    campaign = await make(own_world, {**NEWS, "urgent": True})
    await take(own_world, campaign, "submit", "approve")
    async with own_world.db.transaction() as session:
        at = own_world.now.later(days=30)
        await actions.schedule(session, campaign, at=at, who="idir", now=own_world.now())
    kit = own_world.kit
    await five_at_once(own_world, lambda session, _: tick(session, kit=kit, now=at))
    async with own_world.db.transaction() as session:
        taken = [each.step for each in await service.history(session, campaign)]
    assert taken.count("launch") == 1
    assert await states(own_world, campaign) == ["queued"] * 3


async def test_a_campaign_that_fails_pauses_until_staff_let_it_go_on(own_world: World) -> None:
    for _ in range(130):
        await resident(own_world)
    campaign = await make(own_world, {**NEWS, "urgent": True})
    await take(own_world, campaign, "submit", "approve", "launch")
    answers: list[SendResult | SendError] = [Rejected("21614"), SendResult("a")] * 60
    mouth = deliverer(own_world, Mouth(answers))
    for _ in range(7):
        await mouth.once()
    await clock(own_world)
    assert await state(own_world, campaign) == "paused"
    async with own_world.db.transaction() as session:
        last = (await service.history(session, campaign))[-1]
    assert (last.step, last.who) == ("pause", "fuse")
    await take(own_world, campaign, "resume")
    await clock(own_world)
    assert await state(own_world, campaign) == "running"  # failures are counted from here


async def test_who_says_stop_while_it_is_launched_does_not_keep_it_from_its_end(own_world: World) -> None:
    first, _ = await resident(own_world), await resident(own_world)
    campaign = await make(own_world, {**NEWS, "urgent": True})
    await take(own_world, campaign, "submit", "approve")

    async def stop() -> None:
        async with own_world.db.transaction() as session:
            (who,) = await lock(session, first)
            residents.stop(session, who, channel="sms", wording="STOP", now=own_world.now())
            await outbox.cancel_unsolicited(session, first, now=own_world.now())

    async with own_world.db.transaction() as session:
        await actions.launch(session, campaign, kit=own_world.kit, who="idir", now=own_world.now())
        stopping = asyncio.create_task(stop())
        await asyncio.wait([stopping], timeout=1)  # SQLite waits for the launch
    await stopping
    await own_world.deliver()
    await clock(own_world)
    assert await states(own_world, campaign) == ["cancelled", "delivered"]
    assert await state(own_world, campaign) == "finished"
    assert await tallied(own_world, campaign) == await counted(own_world, campaign)
