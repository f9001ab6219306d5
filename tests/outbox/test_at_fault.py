"""Whose fault a refusal is, over the wire: what becomes of the message, of its road and of the person."""

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
from rehearsal.twilio.codes import Fate
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
    """A world of a test's own, where one person is known."""
    async with living(await databases.fresh(), checker) as found:
        numbers, found.number = found.number, lambda: NUMBER  # type: ignore[method-assign]
        await resident(found)
        found.number = numbers  # type: ignore[method-assign]
        yield found


async def campaign(world: World) -> None:
    made = await make(world, {**NEWS, "urgent": True})
    await take(world, made, "submit", "approve", "launch")
    await world.deliver()


async def became(world: World) -> tuple[str, str | None, str, str]:
    """State and reason of the newest message; the state of the person, and of their number."""
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
        return next(each for each in await lanes.every(session) if each.road == "twilio")


def rested(found: Lane, seconds: float | None, begun: datetime, now: datetime) -> bool:
    """Whether a road rests for so long since a moment between these two."""
    if found.paused_until is None or seconds is None:
        return found.paused_until is seconds
    return begun <= found.paused_until - timedelta(seconds=seconds) <= now


ACCOUNT = "misconfigured: 20003, authentication failed"
TRIAL = "misconfigured: 21608, a trial account writes to verified numbers only"
EMPTY = "misconfigured: 21703, the messaging service has no sender for this number"
DAYTIME = datetime(2027, 1, 14, 10, tzinfo=UTC)
QUEUE = "asked to wait: 21611, the sender's queue is full"


@pytest.mark.parametrize(
    ("fate", "state", "rest", "why"),
    [
        (Fate(20003, http=401), "queued", 300, ACCOUNT),
        (Fate(21608), "queued", 300, TRIAL),
        (Fate(21703), "queued", 300, EMPTY),
        (Fate(21705), "queued", 300, "misconfigured: 21705, the messaging service's id is invalid"),
        (Fate(21660), "queued", 300, "misconfigured: 21660, the sender belongs to another account"),
        (Fate(21611), "queued", 600, QUEUE),
        (Fate(21614), "failed", None, None),
        (Fate(21617), "failed", None, None),
    ],
)
async def test_a_message_that_is_refused_at_once(
    world: World, fate: Fate, state: str, rest: int | None, why: str | None
) -> None:
    world.network.sms.fates[NUMBER], begun = fate, world.now()
    await campaign(world)
    assert await became(world) == (state, str(fate.code), "active", "active")
    found = await lane(world)
    assert found.reason == why
    assert rested(found, rest, begun, world.now())


async def test_a_days_cap_lasts_until_the_next_day(world: World) -> None:
    world.now.advance(seconds=(DAYTIME - world.now()).total_seconds())
    world.network.sms.fates[NUMBER] = Fate(63038, http=429)
    await campaign(world)
    assert await became(world) == ("queued", "63038", "active", "active")
    found = await lane(world)
    assert found.reason == "asked to wait: 63038, the account's daily cap is reached"
    assert found.paused_until is not None
    assert abs(found.paused_until - DAYTIME.replace(hour=0) - timedelta(days=1)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("fate", "rest", "why"),
    [
        (Fate(30002, "failed"), 3600, "misconfigured: 30002, the account is suspended"),
        (Fate(30042, "failed"), 3600, "misconfigured: 30042, the sender's name is blocked"),
        (Fate(30018, "undelivered"), 3600, "misconfigured: 30018, the carrier wants this sender's name registered"),
        (Fate(30001, "failed"), 600, "asked to wait: 30001, the sender's queue is full"),
        (Fate(30003, "undelivered"), None, None),
        (Fate(30007, "undelivered"), None, None),
        (Fate(30008, "undelivered"), None, None),
    ],
)
async def test_a_message_that_was_taken_and_failed(world: World, fate: Fate, rest: int | None, why: str | None) -> None:
    world.network.sms.fates[NUMBER], begun = fate, world.now()
    await campaign(world)
    assert await became(world) == ("failed", str(fate.code), "active", "active")
    found = await lane(world)
    assert found.reason == why
    assert rested(found, rest, begun, world.now())


@pytest.mark.parametrize("fate", [Fate(21610), Fate(21610, "failed")])
async def test_who_opted_out_at_the_provider_is_stopped_and_nothing_else_is(world: World, fate: Fate) -> None:
    world.network.sms.fates[NUMBER] = fate
    await campaign(world)
    assert await became(world) == ("failed", "21610", "stopped", "gone")
    assert (await lane(world)).paused_until is None
    del world.network.sms.fates[NUMBER]
    await world.network.phone(NUMBER).send("START")
    assert (await became(world))[2:] == ("joining", "active")


async def test_late_news_are_heeded_once(world: World) -> None:
    world.network.sms.fates[NUMBER] = Fate(30002, "failed")
    await campaign(world)
    async with world.db.transaction() as session:
        await lanes.resume(session, "twilio", who="amina", now=world.now())
    message = next(iter(world.network.sms.messages.values()))
    await world.network.sms._call_back(message, message.callback or "", "failed")
    assert (await lane(world)).paused_until is None


async def test_what_many_callbacks_say_together_is_heeded_once(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(5):
        await resident(world)
    async with world.db.transaction() as session:
        for address in await session.scalars(select(Address)):
            world.network.sms.fates[open_address(KEYRING, address.sealed)] = Fate(30002, "failed")
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
    world.network.sms.fates[NUMBER] = Fate(63038, http=429)
    await campaign(world)
    mouth = Mouth([])
    other = deliverer(world, mouth, roads=roads)
    backup = Deliverer(mouth, roads.get("two", "sms"), other._means)
    assert not await backup.once()  # a moment, in which the road may have changed its mind
    world.now.advance(minutes=5)
    assert await backup.once()
    assert [message.road for message in mouth.sent] == ["two"]


async def test_pauses_grow_while_no_time_is_named_and_begin_anew_after_a_success(world: World) -> None:
    answers = [Throttled(1.0, grows=True)] * 4 + [SendResult("SM1"), Throttled(1.0, grows=True)]
    mouth = Mouth(answers)
    made = await make(world, {**NEWS, "urgent": True})
    await take(world, made, "submit", "approve", "launch")
    for pause in (1, 2, 4, 8):
        begun = world.now()
        assert await deliverer(world, mouth).once()
        assert begun <= (await lane(world)).next_slot - timedelta(seconds=pause) <= world.now()
        world.now.advance(seconds=pause)
    assert await deliverer(world, mouth).once()
    assert (await lane(world)).slowed == 0


@pytest.mark.parametrize("first", [60.0, 600.0])  # one for which the lane is held, one for which the road rests
async def test_refusals_of_one_moment_make_one_pause(world: World, first: float) -> None:
    for _ in range(7):
        await resident(world)
    made = await make(world, {**NEWS, "urgent": True})
    await take(world, made, "submit", "approve", "launch")
    begun = world.now()
    assert await deliverer(world, Mouth([Throttled(first, code, grows=True) for code in "aabbccdd"])).once()
    found = await lane(world)
    assert found.slowed == 1
    until = max(found.next_slot, found.paused_until or begun)
    assert begun <= until - timedelta(seconds=first) <= world.now()


def test_a_pause_grows_no_further_than_a_quarter_of_an_hour() -> None:
    assert [grown(SECOND, before).total_seconds() for before in (-1, 0, 1, 5, 10, 99)] == [1, 1, 2, 32, 900, 900]
    assert grown(timedelta(hours=2), 3) == timedelta(hours=2)
