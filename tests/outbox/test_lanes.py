"""Lanes: slots that all processes share, the fuse, and a provider's wish to slow down."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.channel import Misconfigured, Receipt, Rejected, SendError, Throttled
from api.db import Database
from api.errors import NotFound
from api.outbox import lanes
from api.outbox.models import Lane
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import NEWS, make, states, take
from tests.outbox.mouths import Mouth, deliverer
from tests.world import World

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def lane(per_second: float = 10.0, **more: object) -> Lane:
    return Lane(road="sms", **{"per_second": per_second, "next_slot": NOW, "tried": 0, "failed": 0, **more})


@given(st.floats(0.5, 500), st.lists(st.integers(1, 8), min_size=1, max_size=60))
def test_slots_never_exceed_the_rate(per_second: float, parts: list[int]) -> None:
    found = lane(per_second)
    slots = lanes.reserve(found, NOW, parts)
    assert slots[0] == NOW
    for slot, after, count in zip(slots, [*slots[1:], found.next_slot], parts, strict=True):
        assert (after - slot).total_seconds() * per_second >= count


def test_room_is_a_second_ahead_and_none_while_the_lane_rests() -> None:
    assert lanes.room(lane(), NOW) == 10
    assert lanes.room(lane(next_slot=NOW + timedelta(seconds=0.5)), NOW) == 5
    assert lanes.room(lane(next_slot=NOW + timedelta(seconds=5)), NOW) == 0
    assert lanes.room(lane(next_slot=NOW - timedelta(hours=1)), NOW) == 10  # what was not used is not saved up
    assert lanes.room(lane(paused_until=NOW + timedelta(seconds=1)), NOW) == 0
    assert lanes.room(lane(paused_until=NOW), NOW) == 10


async def test_processes_share_one_lane(database_url: str) -> None:
    """Ten processes reserve at once: no slot twice, none closer than the rate allows."""
    processes = [Database(database_url) for _ in range(10)]

    async def reserve(db: Database) -> list[datetime]:
        async with db.transaction() as session:
            found = await lanes.enter(session, "sms", per_second=50.0, now=NOW)
            return lanes.reserve(found, NOW, [1, 2, 1])

    slots = sorted(slot for found in await asyncio.gather(*map(reserve, processes)) for slot in found)
    gaps = [(after - before).total_seconds() for before, after in pairwise(slots)]
    assert len(slots) == 30
    assert min(gaps) >= 1 / 50
    for db in processes:
        await db.close()


async def running(world: World, people: int) -> int:
    """An urgent campaign that runs."""
    for _ in range(people):
        await resident(world)
    campaign = await make(world, {**NEWS, "urgent": True})
    await take(world, campaign, "submit", "approve", "launch")
    return campaign


async def look(world: World) -> Lane:
    async with world.db.transaction() as session:
        return (await lanes.every(session))[0]


async def test_a_wish_to_slow_down_holds_all_processes(own_world: World) -> None:
    campaign = await running(own_world, 3)
    mouth = Mouth([Throttled(30.0), Receipt("a"), Receipt("b")])
    assert await deliverer(own_world, mouth).once()
    assert await states(own_world, campaign) == ["queued", "sent", "sent"]
    other = Mouth([])
    own_world.now.advance(seconds=25)
    assert not await deliverer(own_world, other).once()
    own_world.now.advance(seconds=6)
    assert await deliverer(own_world, other).once()
    assert await states(own_world, campaign) == ["sent"] * 3


async def test_too_many_failures_blow_the_fuse_and_staff_may_resume(own_world: World) -> None:
    campaign = await running(own_world, 60)
    mouth = Mouth([Rejected("21614")] * 60)
    while await deliverer(own_world, mouth).once():
        pass
    left = (await states(own_world, campaign)).count("queued")
    assert 0 < left <= 10
    assert "failed" in ((await look(own_world)).reason or "")
    async with own_world.db.transaction() as session:
        await lanes.resume(session, "sms")
    assert await deliverer(own_world, Mouth([])).once()
    own_world.now.advance(minutes=6)
    while await deliverer(own_world, Mouth([])).once():
        pass
    assert (await states(own_world, campaign)).count("queued") == 0


async def test_wrong_settings_stop_the_lane_and_lose_nothing(own_world: World) -> None:
    campaign = await running(own_world, 2)
    assert await deliverer(own_world, Mouth([Misconfigured("20003")] * 2)).once()
    assert await states(own_world, campaign) == ["queued"] * 2
    own_world.now.advance(minutes=1)
    assert not await deliverer(own_world, Mouth([])).once()
    own_world.now.advance(minutes=5)
    while await deliverer(own_world, Mouth([])).once():
        pass
    assert await states(own_world, campaign) == ["sent"] * 2


async def test_people_who_left_do_not_blow_the_fuse(own_world: World) -> None:
    errors: list[SendError | Receipt] = [Throttled(0.0)] * 100
    await running(own_world, 100)
    mouth = Mouth(errors)
    for _ in range(15):
        own_world.now.advance(seconds=1)
        await deliverer(own_world, mouth).once()
    assert (await look(own_world)).paused_until is None


async def test_an_unknown_lane(own_world: World) -> None:
    async with own_world.db.transaction() as session:
        with pytest.raises(NotFound):
            await lanes.resume(session, "nothing")
