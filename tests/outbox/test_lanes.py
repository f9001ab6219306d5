"""Lanes: slots shared by all processes, the circuit breaker, and a provider's request to slow down."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from api.channel import Misconfigured, Rejected, SendError, SendResult, Throttled
from api.db import Database
from api.errors import NotFound
from api.outbox.flow import circuit_breaker, lanes
from api.outbox.flow import slots as flow_slots
from api.outbox.models import Lane
from sawt.cli.system.lanes import state
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import NEWS, make, states, take
from tests.outbox.mouths import Mouth, SlowMouth, deliverer
from tests.world import World

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


async def test_processes_share_one_lane(database_url: str) -> None:
    """Ten processes reserve at once: no slot twice, none closer than the rate allows."""
    processes = [Database(database_url) for _ in range(10)]

    async def reserve(db: Database) -> list[datetime]:
        async with db.transaction() as session:
            lane = await lanes.enter(session, "twilio", per_second=50.0, now=NOW)
            return [slot.at for slot in flow_slots.reserve(lane, NOW, [1, 2, 1])]

    slots = sorted(slot for lane in await asyncio.gather(*map(reserve, processes)) for slot in lane)
    gaps = [(after - before).total_seconds() for before, after in pairwise(slots)]
    assert len(slots) == 30
    assert min(gaps) >= 1 / 50
    for db in processes:
        await db.close()


async def running(world: World, people: int) -> int:
    """A running urgent campaign."""
    for _ in range(people):
        await resident(world)
    campaign = await make(world, {**NEWS, "urgent": True})
    await take(world, campaign, "submit", "approve", "launch")
    return campaign


async def look(world: World) -> Lane:
    async with world.db.transaction() as session:
        return next(each for each in await lanes.list_all(session) if each.road == "twilio")


@pytest.mark.parametrize(
    ("paused", "ahead", "shown"),
    [
        (None, 0.5, ("open", "")),
        (None, 3600, ("held until 11:00:00", "the provider asked us to wait; 'resume' does not shorten that")),
        (60, 0, ("rests until 10:01", "it failed")),
        (60, 3600, ("rests until 10:01", "it failed")),
        (-60, 0, ("is tried again", "it failed")),
    ],
)
def test_staff_read_how_a_lane_stands(paused: int | None, ahead: float, shown: tuple[str, str]) -> None:
    rest = None if paused is None else NOW + timedelta(seconds=paused)
    lane = Lane(road="twilio", paused_until=rest, reason="it failed", next_slot=NOW + timedelta(seconds=ahead))
    assert state(lane, NOW) == shown


async def test_a_request_to_slow_down_holds_all_processes(quiet_world: World) -> None:
    campaign = await running(quiet_world, 3)
    mouth = Mouth([Throttled(30.0), SendResult("a"), SendResult("b")])
    assert await deliverer(quiet_world, mouth).once()
    assert await states(quiet_world, campaign) == ["queued", "sent", "sent"]
    other = Mouth([])
    quiet_world.now.advance(seconds=25)
    assert not await deliverer(quiet_world, other).once()
    quiet_world.now.advance(seconds=6)
    assert await deliverer(quiet_world, other).once()
    assert await states(quiet_world, campaign) == ["sent"] * 3


async def test_too_many_failures_open_the_circuit_and_staff_may_close_it(quiet_world: World) -> None:
    campaign = await running(quiet_world, 60)
    mouth = Mouth([Rejected("21614")] * 60)
    while await deliverer(quiet_world, mouth).once():
        pass
    left = (await states(quiet_world, campaign)).count("queued")
    assert 0 < left <= 10
    assert "failed" in ((await look(quiet_world)).reason or "")
    async with quiet_world.db.transaction() as session:
        await lanes.resume(session, "twilio", who="amina", now=quiet_world.now())
    while await deliverer(quiet_world, Mouth([])).once():
        pass
    assert (await states(quiet_world, campaign)).count("queued") == 0


async def test_a_road_that_rested_is_tried_by_a_few_before_all_follow(quiet_world: World) -> None:
    campaign = await running(quiet_world, 10)
    assert await deliverer(quiet_world, Mouth([Misconfigured("20003")] * 8)).once()
    assert await states(quiet_world, campaign) == ["queued"] * 10
    assert not await deliverer(quiet_world, Mouth([])).once()

    quiet_world.now.advance(minutes=6)
    failing = Mouth([Misconfigured("20003")] * 10)
    assert await deliverer(quiet_world, failing).once()
    assert len(failing.answers) == 10 - circuit_breaker.TRIAL
    lane = await look(quiet_world)
    assert lane.paused_until is not None
    assert lane.paused_until > quiet_world.now.later(minutes=4)
    assert lane.reason == "misconfigured: 20003"

    quiet_world.now.advance(minutes=6)
    good = Mouth([])
    assert await deliverer(quiet_world, good).once()
    assert len(good.sent) == circuit_breaker.TRIAL
    lane = await look(quiet_world)
    assert (lane.paused_until, lane.reason) == (None, None)
    while await deliverer(quiet_world, good).once():
        pass
    assert await states(quiet_world, campaign) == ["sent"] * 10


async def test_one_process_tries_and_what_is_answered_late_is_no_trial(quiet_world: World) -> None:
    await running(quiet_world, 40)
    slow, other = SlowMouth(), Mouth([])
    before = asyncio.create_task(deliverer(quiet_world, slow).once())
    await slow.asked.wait()
    await deliverer(quiet_world, Mouth([Misconfigured("20003")] * 8)).once()
    slow.answer.set()
    await before
    assert (await look(quiet_world)).paused_until is not None

    quiet_world.now.advance(minutes=6)
    trying = SlowMouth()
    trial = asyncio.create_task(deliverer(quiet_world, trying).once())
    await trying.asked.wait()
    assert not await deliverer(quiet_world, other).once()
    trying.answer.set()
    await trial
    assert await deliverer(quiet_world, other).once()


async def test_a_trial_that_came_too_late_to_try_anything_is_begun_anew(
    quiet_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, refused = await running(quiet_world, 6), [Misconfigured("20003")] * 6
    await deliverer(quiet_world, Mouth(refused)).once()
    quiet_world.now.advance(minutes=6)
    with monkeypatch.context() as stalled:
        stalled.setattr(flow_slots, "is_missed", lambda *_, **__: True)
        assert await deliverer(quiet_world, Mouth([])).once()
    assert await states(quiet_world, campaign) == ["queued"] * 6
    good = Mouth([])
    assert await deliverer(quiet_world, good).once()
    assert len(good.sent) == circuit_breaker.TRIAL

    async with quiet_world.db.transaction() as session:
        await lanes.rest(session, "twilio", until=quiet_world.now() + circuit_breaker.REST)
        await lanes.retry_trial(session, "twilio", now=quiet_world.now())  # too late: the road rests for another reason
    assert not await deliverer(quiet_world, good).once()


async def test_wrong_settings_stop_the_lane_and_lose_nothing(quiet_world: World) -> None:
    campaign = await running(quiet_world, 2)
    assert await deliverer(quiet_world, Mouth([Misconfigured("20003")] * 2)).once()
    assert await states(quiet_world, campaign) == ["queued"] * 2
    quiet_world.now.advance(minutes=1)
    assert not await deliverer(quiet_world, Mouth([])).once()
    quiet_world.now.advance(minutes=5)
    while await deliverer(quiet_world, Mouth([])).once():
        pass
    assert await states(quiet_world, campaign) == ["sent"] * 2


async def test_people_who_left_do_not_open_the_circuit(quiet_world: World) -> None:
    errors: list[SendError | SendResult] = [Throttled(0.0)] * 100
    await running(quiet_world, 100)
    mouth = Mouth(errors)
    for _ in range(15):
        quiet_world.now.advance(seconds=1)
        await deliverer(quiet_world, mouth).once()
    assert (await look(quiet_world)).paused_until is None


async def test_a_clock_that_was_wrong_for_a_moment_holds_no_lane(own_world: World) -> None:
    await running(own_world, 1)
    far = own_world.now.later(days=10)
    async with own_world.db.transaction() as session:
        lane = await lanes.enter(session, "twilio", per_second=10.0, now=far)
        lane.next_slot, lane.paused_until = far, far
    assert await deliverer(own_world, Mouth([])).once()


async def test_an_unknown_lane(quiet_world: World) -> None:
    async with quiet_world.db.transaction() as session:
        with pytest.raises(NotFound):
            await lanes.resume(session, "nothing", who="amina", now=quiet_world.now())
