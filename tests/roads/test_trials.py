"""`sawt roads test`: a test message by every road, which no other road takes, and the verdict on each."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from api.channel import Misconfigured, Rejected
from api.errors import Conflict, Invalid
from api.outbox import service as outbox
from api.outbox.flow import lanes
from api.outbox.models import Delivery
from api.outbox.write import test_messages
from api.outbox.write.test_messages import MessageOutcome
from api.routing.roads import Road
from sawt.cli.system import road_trials
from sawt.cli.system.road_trials import Verdict, try_roads, verdict
from tests.campaigns.crowd import address
from tests.outbox.mouths import Mouth, deliverer
from tests.people import SmsPerson, TelegramPerson, joined
from tests.wire.checker import WireChecker
from tests.world import World, living

ONE = Road(name="one", provider="twilio", sender="+212600000099", backup=("two",), per_second=math.inf)
TWO = Road(name="two", provider="twilio", sender="+212600000099", backup=("one",), per_second=math.inf)
ELSEWHERE = Road(name="kannel", provider="kannel", sender="5757")  # its provider is switched off
SOON, LONG = timedelta(seconds=1), timedelta(seconds=20)


@pytest.fixture
async def roads(database_url: str, checker: WireChecker, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr(road_trials, "_LOOK", 0.05)
    async with living(database_url, checker, roads=[ONE, TWO, ELSEWHERE]) as world:
        yield world


async def verdicts(world: World, number: str, *, wait: timedelta = LONG) -> dict[str, Verdict]:
    """Run the command while a service delivers; return the verdicts by road."""
    trying = asyncio.create_task(try_roads(world.db, world.settings, number, who="amina", wait=wait, now=world.now))
    while not trying.done():
        await world.deliver()
        await asyncio.wait([trying], timeout=0.05)
    return {each.road: each for each in trying.result()}


async def test_every_road_that_is_on_brings_its_own_message(roads: World) -> None:
    phone = roads.network.phone(roads.number())
    result = await verdicts(roads, phone.number)
    assert {road: each.outcome for road, each in result.items()} == {
        "one": "delivered", "two": "delivered", "telegram": "left out",
    }  # fmt: skip
    assert sorted(each.text for each in phone.inbox) == [f"Ceci est un test : Sawt, {name}" for name in ("one", "two")]
    assert all(each.fine for each in result.values())


async def test_telegram_is_tried_if_the_owner_has_it(roads: World) -> None:
    person = await joined(roads, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    number = roads.number()
    async with roads.db.transaction() as session:
        owner = (await session.scalars(select(Delivery.resident_id))).first()
        assert owner is not None
        session.add(address(owner, "sms", number))
    result = await verdicts(roads, number, wait=timedelta(hours=1))  # ends at once: Telegram reports nothing later
    assert result["telegram"].outcome == "handed over"
    assert person.heard == "Ceci est un test : Sawt, telegram"


async def test_no_backup_hides_a_resting_road(roads: World) -> None:
    """While a road rests its backup takes campaigns and replies; a test message waits for its own road, and expires."""
    phone = roads.network.phone(roads.number())
    async with roads.db.transaction() as session:
        for road in ("one", "two"):
            await lanes.enter(session, road, per_second=math.inf, now=roads.now())
    async with roads.db.transaction() as session:
        await lanes.rest(session, "one", until=roads.now.later(minutes=5), reason="misconfigured: 20003")
    result = await verdicts(roads, phone.number, wait=timedelta(seconds=6))
    assert result["one"] == Verdict("one", "not handed over", "the road rests: misconfigured: 20003", touched=True)
    assert result["two"].outcome == "delivered"
    assert [each.text for each in phone.inbox] == ["Ceci est un test : Sawt, two"]
    roads.now.advance(minutes=6)  # it is not delivered late
    await roads.sweep()
    await roads.deliver()
    assert len(phone.inbox) == 1
    async with roads.db.transaction() as session:
        assert sorted(await session.scalars(select(Delivery.state))) == ["delivered", "expired"]


async def test_a_test_message_of_a_removed_road_goes_by_no_other(roads: World) -> None:
    await queue_test(roads, "old")
    async with roads.db.transaction() as session:
        await outbox.reassign_orphans(session, "sms", roads=["one", "two"])
        assert await session.scalar(select(Delivery.road)) == "old"


async def queue_test(world: World, road: str) -> list[int]:
    """Queue a test message as the command does; return its delivery's id."""
    number = world.number()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            road_trials, "roads_of", lambda _: type("Only", (), {"all": (ONE.model_copy(update={"name": road}),)})
        )
        await try_roads(world.db, world.settings, number, who="amina", wait=timedelta(0), now=world.now)
    async with world.db.transaction() as session:
        await session.execute(Delivery.__table__.update().values(expires_at=None))  # type: ignore[attr-defined]
        return list(await session.scalars(select(Delivery.id)))


@pytest.mark.parametrize(
    ("error", "outcome", "why"),
    [(Rejected("30006"), "refused", "30006"), (Misconfigured("20003"), "not handed over", "20003")],
)
async def test_a_refusal_is_reported_with_its_reason(roads: World, error: Exception, outcome: str, why: str) -> None:
    numbers = await queue_test(roads, "one")
    mouth = Mouth([error])  # type: ignore[list-item]
    sending = deliverer(roads, mouth)
    while mouth.answers:  # a slow machine misses a slot, and tries the next
        await sending.once()
    async with roads.db.transaction() as session:
        (fate,) = await test_messages.outcomes(session, numbers)
    result = verdict(fate, rests=None)
    assert (result.outcome, result.why, result.touched) == (outcome, why, True)


async def test_without_a_service_the_outcome_is_unknown(roads: World) -> None:
    result = await try_roads(roads.db, roads.settings, roads.number(), who="amina", wait=SOON, now=roads.now)
    assert [(each.outcome, each.touched) for each in result if each.road != "telegram"] == [("no outcome", False)] * 2


async def test_nothing_is_sent_after_a_stop_or_without_roads(roads: World) -> None:
    person = await joined(roads, "sms", "fr")
    assert isinstance(person, SmsPerson)
    await person.say("STOP")
    with pytest.raises(Conflict, match="STOP"):
        await verdicts(roads, person.phone.number)
    off = roads.settings.model_copy(update={"twilio_account_sid": "", "telegram_token": SecretStr("")})
    with pytest.raises(Invalid, match="doctor"):
        await try_roads(roads.db, off, roads.number(), who="amina", wait=SOON)


@pytest.mark.parametrize(
    ("fate", "words"),
    [
        (MessageOutcome(1, "one", "sent", None, 1), ("handed over", "")),
        (MessageOutcome(1, "one", "unsure", "lease", 1), ("unsure", "lease")),
        (MessageOutcome(1, "one", "failed", "30003", 1), ("refused", "30003")),
        (MessageOutcome(1, "one", "sending", None, 1), ("no outcome", "its outcome is not known yet")),
        (MessageOutcome(1, "one", "queued", "throttled", 2), ("not handed over", "throttled")),
        (MessageOutcome(1, "one", "expired", "expired", 0), ("no outcome", "no service sent it")),
    ],
)
def test_verdicts(fate: MessageOutcome, words: tuple[str, str]) -> None:
    result = verdict(fate, rests=None)
    assert (result.outcome, result.why) == words
