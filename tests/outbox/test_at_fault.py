"""Whose fault a refusal is, over the wire: what becomes of the message, its road and the person."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from api.channel import SendResult, Throttled
from api.outbox.flow import lanes
from api.outbox.models import Delivery, Lane
from api.outbox.worker.deliverer import Deliverer
from api.outbox.worker.provider_faults import grown
from api.residents.models import Address, Resident
from api.residents.service import open_address
from api.routing.roads import Road, Roads
from rehearsal.twilio.codes import Outcome
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import NEWS, make, take
from tests.conftest import Databases
from tests.outbox.mouths import Mouth, deliverer
from tests.wire.checker import WireChecker
from tests.world import KEYRING, World, living

NUMBER = "+212600000042"
SECOND = timedelta(seconds=1)


@pytest.fixture
async def world(databases: Databases, checker: WireChecker) -> AsyncIterator[World]:
    """A world of the test's own with one resident."""
    async with living(await databases.fresh(), checker) as own_world:
        numbers, own_world.number = own_world.number, lambda: NUMBER  # type: ignore[method-assign]
        await resident(own_world)
        own_world.number = numbers  # type: ignore[method-assign]
        yield own_world


async def campaign(world: World) -> None:
    campaign_id = await make(world, {**NEWS, "urgent": True})
    await take(world, campaign_id, "submit", "approve", "launch")
    await world.deliver()


async def settled(world: World) -> tuple[str, str | None, str, str]:
    """The newest message's state and reason; the states of the resident and of their number."""
    async with world.db.transaction() as session:
        rows = (
            select(Delivery.state, Delivery.reason, Resident.state, Address.state)
            .join(Resident, Resident.id == Delivery.resident_id)
            .join(Address, Address.id == Delivery.address_id)
            .order_by(Delivery.id.desc())
        )
        state, reason, person, number = (await session.execute(rows)).first() or ("", None, "", "")
        return state, reason, person, number


async def lane(world: World) -> Lane:
    async with world.db.transaction() as session:
        return next(each for each in await lanes.list_all(session) if each.road == "twilio")


def rests_for(lane_: Lane, seconds: float | None, begun: datetime, now: datetime) -> bool:
    """Whether a road rests for this long, starting between these two moments."""
    if lane_.paused_until is None or seconds is None:
        return lane_.paused_until is seconds
    return begun <= lane_.paused_until - timedelta(seconds=seconds) <= now


ACCOUNT = "misconfigured: 20003, authentication failed"
TRIAL = "misconfigured: 21608, a trial account can only send to verified numbers"
EMPTY = "misconfigured: 21703, the messaging service has no sender for this number"
DAYTIME = datetime(2027, 1, 14, 10, tzinfo=UTC)
QUEUE = "asked to wait: 21611, the sender's queue is full"


@pytest.mark.parametrize(
    ("outcome", "state", "rest", "why"),
    [
        (Outcome(20003, http=401), "queued", 300, ACCOUNT),
        (Outcome(21608), "queued", 300, TRIAL),
        (Outcome(21703), "queued", 300, EMPTY),
        (Outcome(21705), "queued", 300, "misconfigured: 21705, the messaging service's id is invalid"),
        (Outcome(21660), "queued", 300, "misconfigured: 21660, the sender belongs to another account"),
        (Outcome(21611), "queued", 600, QUEUE),
        (Outcome(21614), "failed", None, None),
        (Outcome(21617), "failed", None, None),
    ],
)
async def test_a_message_that_is_refused_at_once(
    world: World, outcome: Outcome, state: str, rest: int | None, why: str | None
) -> None:
    world.network.sms.outcomes[NUMBER], begun = outcome, world.now()
    await campaign(world)
    assert await settled(world) == (state, str(outcome.code), "active", "active")
    lane_ = await lane(world)
    assert lane_.reason == why
    assert rests_for(lane_, rest, begun, world.now())


async def test_a_days_cap_lasts_until_the_next_day(world: World) -> None:
    world.now.advance(seconds=(DAYTIME - world.now()).total_seconds())
    world.network.sms.outcomes[NUMBER] = Outcome(63038, http=429)
    await campaign(world)
    assert await settled(world) == ("queued", "63038", "active", "active")
    lane_ = await lane(world)
    assert lane_.reason == "asked to wait: 63038, the account's daily limit is reached"
    assert lane_.paused_until is not None
    assert abs(lane_.paused_until - DAYTIME.replace(hour=0) - timedelta(days=1)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("outcome", "rest", "why"),
    [
        (Outcome(30002, "failed"), 3600, "misconfigured: 30002, the account is suspended"),
        (Outcome(30042, "failed"), 3600, "misconfigured: 30042, the sender's name is blocked"),
        (
            Outcome(30018, "undelivered"),
            3600,
            "misconfigured: 30018, the sender's name must be registered with the carrier",
        ),
        (Outcome(30001, "failed"), 600, "asked to wait: 30001, the sender's queue is full"),
        (Outcome(30003, "undelivered"), None, None),
        (Outcome(30007, "undelivered"), None, None),
        (Outcome(30008, "undelivered"), None, None),
    ],
)
async def test_a_message_that_was_taken_and_failed(
    world: World, outcome: Outcome, rest: int | None, why: str | None
) -> None:
    world.network.sms.outcomes[NUMBER], begun = outcome, world.now()
    await campaign(world)
    assert await settled(world) == ("failed", str(outcome.code), "active", "active")
    lane_ = await lane(world)
    assert lane_.reason == why
    assert rests_for(lane_, rest, begun, world.now())


@pytest.mark.parametrize("outcome", [Outcome(21610), Outcome(21610, "failed")])
async def test_who_opted_out_at_the_provider_is_stopped_and_nothing_else_is(world: World, outcome: Outcome) -> None:
    world.network.sms.outcomes[NUMBER] = outcome
    await campaign(world)
    assert await settled(world) == ("failed", "21610", "stopped", "gone")
    assert (await lane(world)).paused_until is None
    del world.network.sms.outcomes[NUMBER]
    await world.network.phone(NUMBER).send("START")
    assert (await settled(world))[2:] == ("joining", "active")


async def test_late_status_updates_are_applied_once(world: World) -> None:
    world.network.sms.outcomes[NUMBER] = Outcome(30002, "failed")
    await campaign(world)
    async with world.db.transaction() as session:
        await lanes.resume(session, "twilio", who="amina", now=world.now())
    message = next(iter(world.network.sms.messages.values()))
    await world.network.sms._call_back(message, message.callback or "", "failed")
    assert (await lane(world)).paused_until is None


async def test_simultaneous_callbacks_are_applied_once(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(5):
        await resident(world)
    async with world.db.transaction() as session:
        for address in await session.scalars(select(Address)):
            world.network.sms.outcomes[open_address(KEYRING, address.sealed)] = Outcome(30002, "failed")
    capsys.readouterr()
    await campaign(world)
    assert "".join(capsys.readouterr()).count("outbox.misconfigured") == 1
    assert (await lane(world)).reason == "misconfigured: 30002, the account is suspended"


async def test_a_day_without_twilio_is_its_backups(world: World) -> None:
    roads = Roads(
        [
            Road(name="twilio", provider="twilio", sender="+212600000099", backup=("two",), per_second=math.inf),
            Road(name="two", provider="kannel", sender="5757", per_second=math.inf),
        ]
    )
    world.network.sms.outcomes[NUMBER] = Outcome(63038, http=429)
    await campaign(world)
    mouth = Mouth([])
    other = deliverer(world, mouth, roads=roads)
    backup = Deliverer(mouth, roads.get("two", "sms"), other._means)
    assert not await backup.once()  # the road may have recovered meanwhile
    world.now.advance(minutes=5)
    assert await backup.once()
    assert [message.road for message in mouth.sent] == ["two"]


async def test_pauses_without_a_time_grow_until_a_success(world: World) -> None:
    answers = [Throttled(1.0, grows=True)] * 4 + [SendResult("SM1"), Throttled(1.0, grows=True)]
    mouth = Mouth(answers)
    campaign_id = await make(world, {**NEWS, "urgent": True})
    await take(world, campaign_id, "submit", "approve", "launch")
    for pause in (1, 2, 4, 8):
        begun = world.now()
        assert await deliverer(world, mouth).once()
        assert begun <= (await lane(world)).next_slot - timedelta(seconds=pause) <= world.now()
        world.now.advance(seconds=pause)
    assert await deliverer(world, mouth).once()
    assert (await lane(world)).slowed == 0


@pytest.mark.parametrize("first", [60.0, 600.0])  # one holds the lane, one rests the road
async def test_refusals_of_one_moment_make_one_pause(world: World, first: float) -> None:
    for _ in range(7):
        await resident(world)
    campaign_id = await make(world, {**NEWS, "urgent": True})
    await take(world, campaign_id, "submit", "approve", "launch")
    begun = world.now()
    assert await deliverer(world, Mouth([Throttled(first, code, grows=True) for code in "aabbccdd"])).once()
    lane_ = await lane(world)
    assert lane_.slowed == 1
    until = max(lane_.next_slot, lane_.paused_until or begun)
    assert begun <= until - timedelta(seconds=first) <= world.now()


def test_a_pause_grows_no_further_than_a_quarter_of_an_hour() -> None:
    assert [grown(SECOND, before).total_seconds() for before in (-1, 0, 1, 5, 10, 99)] == [1, 1, 2, 32, 900, 900]
    assert grown(timedelta(hours=2), 3) == timedelta(hours=2)
