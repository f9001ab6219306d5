"""A provider that lists our texts reworded: accepted messages are still found, and doubt remains doubt."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
from sqlalchemy import select

from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.outbox.worker.reconcile import NOT_TAKEN, UNKNOWABLE
from api.residents.models import Address, Resident
from rehearsal.twilio.message import Message
from tests.conftest import Databases
from tests.outbox.test_reconcile import NUMBER, arrived, campaign, deliveries, ids, known, reconcile
from tests.wire.checker import WireChecker
from tests.world import World, living


@pytest.fixture
async def world(databases: Databases, checker: WireChecker) -> AsyncIterator[World]:
    """A world of the test's own in which callbacks get lost."""
    async with living(await databases.fresh(), checker) as own_world:
        own_world.network.twilio.mute = True
        yield own_world


REWORDED: dict[str, Callable[[str], str]] = {
    "another beginning": lambda text: f"Sawt: {text}",
    "smart-encoded": lambda text: text.replace("é", "e").replace("'", "’"),
    "a footer": lambda text: f"{text}\nReply STOP to opt out",
    "line ends": lambda text: text.replace("\n", "\r\n") + "\r\n",
    "a shortened link": lambda text: f"{text[:10]} https://twil.io/abc",
    "redacted": lambda text: "",
}


@pytest.mark.parametrize("reword", REWORDED.values(), ids=REWORDED)
async def test_a_message_that_was_taken_is_found_in_other_words(world: World, reword: Callable[[str], str]) -> None:
    await known(world, NUMBER)
    await campaign(world)  # an earlier one, whose id is known
    world.network.twilio.lose_next, world.network.sms.reword = 1, reword
    await campaign(world)
    await reconcile(world)
    assert [state for state, _ in await deliveries(world)] == [DeliveryState.SENT, DeliveryState.DELIVERED]
    assert await ids(world) == [each.sid for each in arrived(world)]


async def test_a_message_that_was_not_taken_is_not_found_among_others_in_other_words(world: World) -> None:
    await known(world, NUMBER)
    await campaign(world)
    world.network.twilio.fail_next, world.network.sms.reword = 1, REWORDED["a footer"]
    await campaign(world)
    await reconcile(world)
    assert await deliveries(world) == [(DeliveryState.SENT, None), (DeliveryState.FAILED, NOT_TAKEN)]


async def test_two_that_were_taken_are_both_found_in_other_words(world: World) -> None:
    await known(world, NUMBER)
    world.network.twilio.lose_next, world.network.sms.reword = 2, REWORDED["a footer"]
    await campaign(world)
    await campaign(world)
    await reconcile(world)
    await reconcile(world)
    assert await deliveries(world) == [(DeliveryState.DELIVERED, None)] * 2
    assert sorted(map(str, await ids(world))) == sorted(each.sid for each in arrived(world))


async def test_of_two_one_of_which_was_taken_nobody_can_tell_in_other_words(world: World) -> None:
    await known(world, NUMBER)
    world.network.twilio.lose_next, world.network.sms.reword = 1, REWORDED["a footer"]
    await campaign(world)
    world.network.twilio.fail_next = 1
    await campaign(world)
    for _ in range(6):
        await reconcile(world, later=1000)
    assert await deliveries(world) == [(DeliveryState.UNSURE, UNKNOWABLE)] * 2


async def test_what_somebody_else_sent_by_our_account_makes_it_unsure(world: World) -> None:
    await known(world, NUMBER)
    world.network.twilio.fail_next = 1
    await campaign(world)
    other = Message("SM" + "e" * 32, "outbound-api", "INWI", NUMBER, "other", "sent", world.now().timestamp())
    world.network.sms.messages[other.sid] = other
    await reconcile(world)
    assert await deliveries(world) == [(DeliveryState.UNSURE, UNKNOWABLE)]


async def test_a_notice_that_went_out_is_not_taken_for_a_campaigns_message(world: World) -> None:
    await known(world, NUMBER)
    async with world.db.transaction() as session:
        person = (await session.scalars(select(Resident))).one()
        address = (await session.scalars(select(Address))).one()
        sid = "SM" + "d" * 32
        to = {"resident_id": person.id, "address_id": address.id, "channel": "sms", "road": "twilio", "priority": 1}
        session.add(Delivery(**to, state="sent", external_id=sid, due_at=world.now(), created_at=world.now()))
    notice = Message(
        "SM" + "d" * 32, "outbound-api", "+212600000099", NUMBER, "Rappel", "sent", world.now().timestamp()
    )
    world.network.sms.messages[notice.sid] = notice
    world.network.twilio.fail_next = 1
    await campaign(world)
    await reconcile(world)
    assert (await deliveries(world))[1] == (DeliveryState.FAILED, NOT_TAKEN)
