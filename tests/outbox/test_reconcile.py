"""Unsure deliveries on the wire: the provider is asked whether it took them, and never gets them again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from sqlalchemy import select

from api.channel import Channel, Choice, Outgoing, Preview, SendResult, Trail
from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.outbox.worker.reconcile import NOT_TAKEN, UNKNOWABLE, Reconciler
from api.outbox.worker.reports import Reports
from api.residents.models import Resident
from rehearsal.twilio.message import Message
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import NEWS, make, take
from tests.conftest import Databases
from tests.outbox.mouths import Mouth, deliverer
from tests.wire.checker import WireChecker
from tests.world import World, living

NUMBER = "+212600000042"


@pytest.fixture
async def world(request: pytest.FixtureRequest, databases: Databases, checker: WireChecker) -> AsyncIterator[World]:
    """A world of the test's own in which callbacks get lost and hanging answers time out soon."""
    hangs = "hang_next" in request.node.callspec.params.values()
    async with living(await databases.fresh(), checker, **({"patience": 0.3} if hangs else {})) as own_world:
        own_world.network.twilio.mute = True
        yield own_world


async def known(world: World, number: str) -> None:
    """A resident with this number."""
    numbers, world.number = world.number, lambda: number  # type: ignore[method-assign]
    await resident(world)
    world.number = numbers  # type: ignore[method-assign]


async def campaign(world: World) -> int:
    """A campaign to everyone, sent as far as the network allows."""
    campaign_id = await make(world, {**NEWS, "urgent": True})
    await take(world, campaign_id, "submit", "approve", "launch")
    await world.deliver()
    return campaign_id


async def reconcile(world: World, *, later: float = 121, channel: Channel | None = None) -> None:
    """Run the service's own reconciliation, this many seconds later."""
    world.now.advance(seconds=later)
    for each in [channel] if channel else world.service.channels:
        await reconciler(world, each).once()


def reconciler(world: World, channel: Channel) -> Reconciler:
    """The reconciler of another process."""
    return Reconciler(channel, world.service.means)


async def deliveries(world: World) -> list[tuple[str, str | None]]:
    """State and reason of all deliveries, in order."""
    async with world.db.transaction() as session:
        rows = await session.execute(select(Delivery.state, Delivery.reason).order_by(Delivery.id))
        return [tuple(row) for row in rows]


async def asked(world: World) -> list[int]:
    """How often the provider was asked about each."""
    async with world.db.transaction() as session:
        return list(await session.scalars(select(Delivery.asked).order_by(Delivery.id)))


async def ids(world: World) -> list[str | None]:
    async with world.db.transaction() as session:
        return list(await session.scalars(select(Delivery.external_id).order_by(Delivery.id)))


def arrived(world: World, number: str = NUMBER) -> list[Message]:
    return world.network.phone(number).inbox


@pytest.mark.parametrize("weather", ["lose_next", "hang_next"])
async def test_a_message_that_was_taken_is_found(world: World, weather: str) -> None:
    await known(world, NUMBER)
    setattr(world.network.twilio, weather, 1)
    await campaign(world)
    assert await deliveries(world) == [(DeliveryState.UNSURE, "lost")]
    await reconcile(world, later=60)
    assert await asked(world) == [0]  # the provider may still be recording it
    await reconcile(world, later=61)
    assert await deliveries(world) == [(DeliveryState.DELIVERED, None)]
    assert await ids(world) == [arrived(world)[0].sid]
    assert len(arrived(world)) == 1


async def test_a_message_that_was_not_taken_is_staffs_to_send_again(world: World) -> None:
    await known(world, NUMBER)
    world.network.twilio.fail_next = 1
    await campaign(world)
    assert await deliveries(world) == [(DeliveryState.UNSURE, "20500")]
    await reconcile(world)
    assert await deliveries(world) == [(DeliveryState.FAILED, NOT_TAKEN)]
    await world.deliver()
    assert arrived(world) == []


async def test_a_message_that_was_taken_and_failed_says_why(world: World) -> None:
    await known(world, "+212600009933")
    world.network.twilio.lose_next = 1
    await campaign(world)
    await reconcile(world)
    assert await deliveries(world) == [(DeliveryState.FAILED, "30003")]


async def test_of_two_equal_texts_each_has_its_own_message(world: World) -> None:
    await known(world, NUMBER)
    world.network.twilio.lose_next = 2
    await campaign(world)
    await campaign(world)
    await asyncio.gather(reconcile(world), reconcile(world, later=0))
    await reconcile(world)  # the one that found the other's message asks again
    assert await deliveries(world) == [(DeliveryState.DELIVERED, None)] * 2
    assert sorted(map(str, await ids(world))) == sorted(each.sid for each in arrived(world))


async def test_an_equal_text_that_arrived_is_not_taken_for_one_that_did_not(world: World) -> None:
    await known(world, NUMBER)
    await campaign(world)
    world.network.twilio.fail_next = 1
    await campaign(world)
    await reconcile(world)
    assert await deliveries(world) == [(DeliveryState.SENT, None), (DeliveryState.FAILED, NOT_TAKEN)]


async def test_a_message_is_found_on_a_later_page(world: World) -> None:
    await known(world, NUMBER)
    world.network.twilio.lose_next = 1
    await campaign(world)
    for number in range(250):
        later = Message(f"SM{number:032x}", "outbound-api", None, NUMBER, "other", "sent", world.now().timestamp())
        world.network.sms.messages[later.sid] = later
    await reconcile(world)
    assert await deliveries(world) == [(DeliveryState.DELIVERED, None)]


@pytest.mark.parametrize("weather", ["throttle_next", "fail_next", "lose_next", "hang_next"])
async def test_a_list_that_is_not_to_be_had_is_asked_for_later(world: World, weather: str) -> None:
    await known(world, NUMBER)
    world.network.twilio.lose_next = 1
    await campaign(world)
    world.network.twilio.hit = frozenset({"Messages.list"})
    setattr(world.network.twilio, weather, 1)
    await reconcile(world)
    assert (await deliveries(world), await asked(world)) == ([(DeliveryState.UNSURE, "lost")], [1])
    await reconcile(world, later=1)
    assert await asked(world) == [1]
    await reconcile(world, later=5)
    assert await deliveries(world) == [(DeliveryState.DELIVERED, None)]


async def test_a_provider_that_asks_to_slow_down_is_left_alone(world: World) -> None:
    for _ in range(20):
        await resident(world)
    world.network.twilio.lose_next = 20
    await campaign(world)
    world.network.twilio.hit, world.network.twilio.throttle_next = frozenset({"Messages.list"}), 1
    asking = reconciler(world, world.service.channels[0])
    world.now.advance(seconds=121)
    await asking.once()
    await asking.once()
    assert sum(await asked(world)) == 8
    world.now.advance(seconds=10)
    await asking.once()
    assert await deliveries(world) == [(DeliveryState.DELIVERED, None)] * 20


async def test_two_processes_ask_about_each_once(world: World) -> None:
    for _ in range(30):
        await resident(world)
    world.network.twilio.lose_next = 30
    await campaign(world)
    await asyncio.gather(reconcile(world), reconcile(world, later=0))
    assert await deliveries(world) == [(DeliveryState.DELIVERED, None)] * 30
    assert await asked(world) == [1] * 30


class HeldUp(Mouth):
    """A channel whose process stalls beyond its lease between claiming and sending."""

    def __init__(self, world: World) -> None:
        super().__init__([])
        self._world = world

    def preview(self, text: str, choices: Sequence[Choice] = ()) -> Preview:
        self._world.now.advance(seconds=self._world.settings.claim_lease)
        return super().preview(text, choices)


async def test_a_process_that_was_held_up_sends_nothing_that_others_ask_about(world: World) -> None:
    await known(world, NUMBER)
    campaign_id = await make(world, {**NEWS, "urgent": True})
    await take(world, campaign_id, "submit", "approve", "launch")
    mouth = HeldUp(world)
    assert await deliverer(world, mouth).once()
    await world.sweep()
    await reconcile(world)
    assert await deliveries(world) == [(DeliveryState.FAILED, NOT_TAKEN)]
    assert mouth.sent == []


class Meanwhile:
    """The SMS channel, with a status update that arrives while the provider answers."""

    name = "sms"

    def __init__(self, world: World, **news: Any) -> None:
        self._channel, self._news = world.service.channels[0], news
        self._reports = Reports(world.db, world.now)

    async def trace(self, message: Outgoing, trail: Trail) -> SendResult | None:
        receipt = await self._channel.trace(message, trail)
        await self._reports.update(message.delivery_id, **self._news)
        return receipt


@pytest.mark.parametrize(
    ("weather", "state"),
    [("fail_next", DeliveryState.SENT), ("fail_next", DeliveryState.DELIVERED), ("lose_next", DeliveryState.FAILED)],
)
async def test_a_callback_that_comes_meanwhile_wins(world: World, weather: str, state: str) -> None:
    await known(world, NUMBER)
    setattr(world.network.twilio, weather, 1)
    await campaign(world)
    await reconcile(world, channel=Meanwhile(world, state=state, external_id="SMcalled", reason="told"))
    assert await deliveries(world) == [(state, "told")]
    assert await ids(world) == ["SMcalled"]


async def test_who_is_found_to_have_left_is_left_alone(world: World) -> None:
    await known(world, NUMBER)
    world.network.twilio.lose_next = 1
    await campaign(world)
    arrived(world)[0].status, arrived(world)[0].error_code = "failed", 21610
    await reconcile(world)
    async with world.db.transaction() as session:
        assert await session.scalar(select(Resident.state)) == "stopped"


async def test_telegram_can_never_tell(world: World) -> None:
    chat = world.chat()
    world.chat = lambda: chat  # type: ignore[method-assign]
    await resident(world, channels=("telegram",))
    world.network.telegram_user(chat).profile.started = True
    world.network.telegram.lose_next = 1
    await campaign(world)
    await reconcile(world)
    await reconcile(world, later=3600)
    assert (await deliveries(world), await asked(world)) == ([(DeliveryState.UNSURE, UNKNOWABLE)], [1])
