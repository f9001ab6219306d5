"""The outbox between claim and settlement: claims do not overlap, and a clean stop leaves nothing unsure."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from sqlalchemy import select

from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.outbox.worker.claim import Claim, claim
from api.outbox.worker.deliverer import Deliverer
from api.runtime.loops import to_completion
from tests.faults.crowd import SMS, gather
from tests.outbox.mouths import SlowMouth
from tests.world import KEYRING, World


@pytest.fixture
async def inviting_world(own_world: World) -> World:
    """A world with an invitation of which nothing is claimed yet."""
    await gather(own_world)
    await own_world.invite()
    return own_world


async def claimed(world: World, limit: int) -> set[int]:
    """The deliveries one process claims."""
    async with world.db.transaction() as session:
        who = Claim(road="twilio", keyring=KEYRING, lease=60)
        due = await claim(session, who, of="twilio", now=world.now(), limit=limit)
    return {each.message.delivery_id for each in due}


async def test_a_claim_takes_what_it_may_and_nobody_elses(inviting_world: World) -> None:
    """On a fresh table PostgreSQL runs a subquery again for each row, with its limit."""
    first, second = await asyncio.gather(claimed(inviting_world, 5), claimed(inviting_world, 7))
    assert (len(first), len(second)) == (5, 7)
    assert not first & second


async def test_a_stop_waits_for_what_is_on_its_way(inviting_world: World) -> None:
    world, mouth = inviting_world, SlowMouth()
    deliverer = Deliverer(mouth, world.service.means.roads.of("sms")[0], world.service.means)
    running = asyncio.create_task(deliverer.run())
    await mouth.asked.wait()
    running.cancel()
    mouth.answer.set()
    await asyncio.wait([running])
    async with world.db.transaction() as session:
        counts = Counter(await session.scalars(select(Delivery.state).where(Delivery.channel == "sms")))
    assert set(counts) == {DeliveryState.SENT, DeliveryState.QUEUED}
    assert counts.total() == SMS


async def test_work_that_is_cancelled_comes_to_its_end() -> None:
    begun, go_on, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await go_on.wait()
        done.set()

    running = asyncio.create_task(to_completion(work()))
    await begun.wait()
    running.cancel()
    go_on.set()
    await asyncio.wait([running])
    assert running.cancelled()
    assert done.is_set()
