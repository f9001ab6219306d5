"""Backup roads take over from a resting road in order, and deliveries on removed roads are reassigned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select, update

from api.outbox import service
from api.outbox.flow import lanes
from api.outbox.models import Delivery
from api.outbox.worker.deliverer import Deliverer
from api.routing.roads import Road, Roads
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import NEWS, make, take
from tests.consultations import main_consultation
from tests.outbox.mouths import Mouth
from tests.outbox.rows import deliveries
from tests.outbox.test_lanes import running
from tests.wire.checker import WireChecker
from tests.world import World, living

ROADS = Roads(
    [
        Road(name="twilio", provider="twilio", sender="+212600000099", backup=("two", "three"), per_second=math.inf),
        Road(name="two", provider="kannel", sender="5757", per_second=math.inf),
        Road(name="three", provider="kannel", sender="5858", per_second=math.inf),
    ]
)


async def launched(world: World) -> int:
    for _ in range(3):
        await resident(world)
    campaign = await make(world, {**NEWS, "urgent": True})
    await take(world, campaign, "submit", "approve", "launch")
    return campaign


async def rest(world: World, *roads: str) -> None:
    now = world.now()
    async with world.db.transaction() as session:
        for road in roads:
            await lanes.enter(session, road, per_second=math.inf, now=now)
            await session.flush()
            await lanes.rest(session, road, until=now + timedelta(minutes=5), reason="test")


async def sends(world: World, road: str, campaign: int) -> int:
    """How many deliveries this road's process sends now; each is sent under its own name."""
    mouth = Mouth([])
    means = replace(world.service.means, roads=ROADS)
    while await Deliverer(mouth, ROADS.get(road, "sms"), means).once():
        pass
    assert {message.road for message in mouth.sent} <= {road}
    rows = {row.id: row for row in await deliveries(world, campaign)}
    assert all((rows[each.delivery_id].road, rows[each.delivery_id].state) == (road, "sent") for each in mouth.sent)
    return len(mouth.sent)


async def all_sent(world: World, campaign: int, order: Sequence[str]) -> list[int]:
    return [await sends(world, road, campaign) for road in order]


async def test_a_sending_road_has_no_backup(quiet_world: World) -> None:
    campaign = await launched(quiet_world)
    assert await all_sent(quiet_world, campaign, ("three", "two", "twilio")) == [0, 0, 3]


async def test_the_first_backup_takes_over_and_the_road_comes_back(quiet_world: World) -> None:
    campaign = await launched(quiet_world)
    await rest(quiet_world, "twilio")
    assert await all_sent(quiet_world, campaign, ("twilio", "three", "two")) == [0, 0, 3]
    quiet_world.now.advance(minutes=6)
    again = await launched(quiet_world)  # to six people by now
    assert await all_sent(quiet_world, again, ("two", "three", "twilio")) == [0, 0, 6]


async def test_the_second_backup_takes_over_only_where_both_rest(quiet_world: World) -> None:
    campaign = await launched(quiet_world)
    await rest(quiet_world, "twilio", "two")
    assert await all_sent(quiet_world, campaign, ("twilio", "two", "three")) == [0, 0, 3]


async def test_everything_waits_if_all_rest(quiet_world: World) -> None:
    campaign = await launched(quiet_world)
    await rest(quiet_world, "twilio", "two", "three")
    assert await all_sent(quiet_world, campaign, ("twilio", "two", "three")) == [0, 0, 0]
    quiet_world.now.advance(minutes=6)
    assert await sends(quiet_world, "twilio", campaign) == 3


async def test_staff_may_call_a_road_back_before_its_time(quiet_world: World) -> None:
    campaign = await launched(quiet_world)
    await rest(quiet_world, "twilio")
    async with quiet_world.db.transaction() as session:
        await lanes.resume(session, "twilio", who="amina", now=quiet_world.now())
    assert await all_sent(quiet_world, campaign, ("two", "twilio")) == [0, 3]


async def test_deliveries_on_a_removed_road_are_reassigned(quiet_world: World) -> None:
    campaign = await launched(quiet_world)
    rows = await deliveries(quiet_world, campaign)
    async with quiet_world.db.transaction() as session:
        for row, (road, state) in zip(rows, (("old", "queued"), ("old", "sent"), ("two", "queued")), strict=True):
            await session.execute(update(Delivery).where(Delivery.id == row.id).values(road=road, state=state))
        await service.reassign_orphans(session, "sms", roads=["twilio", "two"])
        await service.reassign_orphans(session, "telegram", roads=["telegram"])
    assert [row.road for row in await deliveries(quiet_world, campaign)] == ["twilio", "old", "two"]


async def test_a_starting_service_reassigns_them(quiet_world: World, database_url: str, checker: WireChecker) -> None:
    campaign = await launched(quiet_world)
    async with quiet_world.db.transaction() as session:
        await session.execute(update(Delivery).values(road="old"))
    async with living(database_url, checker, consultation={**main_consultation(), "code": "second"}):
        assert {row.road for row in await deliveries(quiet_world, campaign)} == {"twilio"}


async def test_deliveries_queued_without_these_settings_use_the_first_road(own_world: World) -> None:
    """The command line queues so if the roads are configured for the service only."""
    await running(own_world, 2)
    async with own_world.db.transaction() as session:
        await session.execute(update(Delivery).values(road="sms"))
    await own_world.deliver()
    async with own_world.db.transaction() as session:
        rows = (await session.execute(select(Delivery.road, Delivery.state))).all()
    assert [tuple(row) for row in rows] == [("twilio", "delivered")] * 2
