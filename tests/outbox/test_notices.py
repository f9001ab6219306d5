"""Notifications reach a resident on their best channel, and nobody who left."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from api.channel import Reply
from api.outbox import payload
from api.outbox.models import Delivery
from api.outbox.write import notifications
from api.residents.models import Address
from tests.campaigns.crowd import resident
from tests.journeys.test_statements import counting
from tests.world import KEYRING, World


async def notified(world: World, number: int) -> bool:
    async with world.db.transaction() as session:
        return await notifications.notify(session, number, Reply("nouvelles"), keyring=KEYRING, now=world.now())


@pytest.mark.parametrize(("channels", "expected"), [(("sms",), "sms"), (("sms", "telegram"), "telegram")])
async def test_a_notice_takes_the_free_channel_first(
    quiet_world: World, channels: tuple[str, ...], expected: str
) -> None:
    number = await resident(quiet_world, channels=channels)
    assert await notified(quiet_world, number)
    async with quiet_world.db.transaction() as session:
        delivery = (await session.scalars(select(Delivery))).one()
        address = await session.get_one(Address, delivery.address_id)
    assert (delivery.channel, delivery.road, delivery.campaign_id) == (expected, address.road, None)


@pytest.mark.parametrize("state", ["stopped", "declined", "joining"])
async def test_nobody_is_told_who_did_not_agree(quiet_world: World, state: str) -> None:
    assert not await notified(quiet_world, await resident(quiet_world, state=state))


async def test_a_number_that_is_gone_is_not_written_to(quiet_world: World) -> None:
    number = await resident(quiet_world)
    async with quiet_world.db.transaction() as session:
        for each in await session.scalars(select(Address)):
            each.state = "gone"
    assert not await notified(quiet_world, number)


async def test_it_arrives(own_world: World) -> None:
    number = await resident(own_world)
    assert await notified(own_world, number)
    await own_world.deliver()
    async with own_world.db.transaction() as session:
        assert (await session.scalars(select(Delivery.state))).one() == "delivered"


async def test_many_are_told_as_each_alone_would_be_in_two_statements(quiet_world: World) -> None:
    there = [await resident(quiet_world, channels=(("sms",), ("sms", "telegram"))[place % 2]) for place in range(12)]
    gone = [await resident(quiet_world, state=state) for state in ("stopped", "joining")]
    async with quiet_world.db.transaction() as session:
        best = {who: await notifications.best_address(session, who) for who in there}
        replies = {who: Reply(f"nouvelles {who}") for who in (*there, *gone)}
        with counting(quiet_world) as statements:
            assert await notifications.notify_each(session, replies, keyring=KEYRING, now=quiet_world.now()) == len(
                there
            )
        assert len(statements) <= 2, statements
    async with quiet_world.db.transaction() as session:
        rows = {each.resident_id: each for each in await session.scalars(select(Delivery))}
    assert {who: each.address_id for who, each in rows.items()} == {who: best[who].id for who in there if best[who]}
    assert {who: payload.unseal(KEYRING, each.sealed or b"").text for who, each in rows.items()} == {
        who: f"nouvelles {who}" for who in there
    }
