"""A process's pipeline: it continues while a provider is slow, stays within its limit, and sends nothing late."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from api.channel import Choice, Outgoing, Preview, SendResult
from api.outbox.flow import slots
from api.outbox.flow.slots import Slot
from api.outbox.models import Delivery, Lane
from api.outbox.worker.deliverer import Deliverer
from tests.campaigns.test_campaigns import states as states_of
from tests.outbox.mouths import Mouth, SlowMouth, deliverer
from tests.outbox.test_lanes import look, running
from tests.world import World


class HalfSlow(Mouth):
    """Answers everything at once except the first, which waits until the test says so."""

    def __init__(self) -> None:
        super().__init__([])
        self.answer, self.enough, self._wanted = asyncio.Event(), asyncio.Event(), 0
        self._first = True

    def until(self, count: int) -> asyncio.Event:
        """An event set once this many were sent."""
        self._wanted = count
        return self.enough

    async def send(self, message: Outgoing) -> SendResult:
        first, self._first = self._first, False
        if first:
            await self.answer.wait()
        taken = await super().send(message)
        if len(self.sent) >= self._wanted:
            self.enough.set()
        return taken


@asynccontextmanager
async def delivering(deliverer: Deliverer) -> AsyncIterator[asyncio.Task[None]]:
    """A running deliverer, stopped at the end of the block as a service would."""
    task = asyncio.create_task(deliverer.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])


def paced(world: World, mouth: Mouth, per_second: float) -> Deliverer:
    """A deliverer on a road with a rate."""
    means = world.service.means
    return Deliverer(mouth, means.roads.of("sms")[0].model_copy(update={"per_second": per_second}), means)


async def test_one_slow_answer_does_not_hold_up_the_others(quiet_world: World) -> None:
    await running(quiet_world, 30)
    mouth = HalfSlow()
    enough = mouth.until(29)
    async with delivering(deliverer(quiet_world, mouth)):
        async with asyncio.timeout(60):
            await enough.wait()
        mouth.answer.set()
    assert len(mouth.sent) == 30


async def test_no_more_is_claimed_than_a_process_may_hold(quiet_world: World) -> None:
    campaign, mouth = await running(quiet_world, 30), SlowMouth()
    async with delivering(deliverer(quiet_world, mouth)) as task:
        await mouth.asked.wait()
        states_ = await states_of(quiet_world, campaign)
        assert states_.count("sending") == quiet_world.settings.at_once == mouth.waiting
        task.cancel()  # claimed deliveries are sent first
        for _ in range(20):
            await asyncio.sleep(0)
        assert not task.done()
        mouth.answer.set()
    assert (await states_of(quiet_world, campaign)).count("sending") == 0
    assert (await states_of(quiet_world, campaign)).count("sent") == quiet_world.settings.at_once


async def test_what_missed_its_slot_waits_for_another(quiet_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    campaign, mouth = await running(quiet_world, 4), Mouth([])
    missed = iter([True, True, False, False])
    monkeypatch.setattr(slots, "is_missed", lambda *_, **__: next(missed, False))
    assert await deliverer(quiet_world, mouth).once()
    assert await states_of(quiet_world, campaign) == ["queued", "queued", "sent", "sent"]
    async with quiet_world.db.transaction() as session:
        attempts = (await session.scalars(select(Delivery.attempts).order_by(Delivery.attempts))).all()
    assert attempts == [0, 0, 1, 1]
    assert (await look(quiet_world)).tried == 2
    assert await deliverer(quiet_world, mouth).once()
    assert await states_of(quiet_world, campaign) == ["sent"] * 4
    assert len({each.delivery_id for each in mouth.sent}) == len(mouth.sent) == 4


async def test_a_process_that_slept_sends_none_of_its_claims(quiet_world: World) -> None:
    """Its clock jumps between the claim and the slots, as after a suspend."""

    class Sleeper(Mouth):
        def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:
            quiet_world.now.advance(seconds=30)
            return super().preview(text, choices)

    campaign, mouth = await running(quiet_world, 4), Sleeper([])
    assert await paced(quiet_world, mouth, per_second=5.0).once()
    assert mouth.sent == []
    assert await states_of(quiet_world, campaign) == ["queued"] * 4


async def test_the_lane_moves_away_from_what_left_late(quiet_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await running(quiet_world, 3)
    monkeypatch.setattr(slots, "is_late", lambda *_: True)
    monkeypatch.setattr(slots, "is_missed", lambda *_, **__: False)
    original = slots.next_slot_after
    counts: list[int] = []

    def next_slot_after(lane: Lane, late: list[tuple[Slot, object]]) -> object:
        counts.append(len(late))
        assert lane.taken == 3
        return original(lane, [(slot, slot.at + timedelta(seconds=5)) for slot, _ in late])

    monkeypatch.setattr(slots, "next_slot_after", next_slot_after)
    assert await paced(quiet_world, Mouth([]), per_second=1000.0).once()
    assert sum(counts) == 3
    assert (await look(quiet_world)).next_slot > quiet_world.now.later(seconds=4)
