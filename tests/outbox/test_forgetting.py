"""What people wrote, and what they were answered, does not stay at the provider."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from api.channel import Forgetful
from api.inbound.models import Inbound
from api.outbox.models import Delivery
from api.outbox.worker import provider_deletion
from api.outbox.worker.provider_deletion import Forgetter
from tests.people import joined, joined_by_words
from tests.world import World


async def forget(world: World, *, later: float) -> None:
    """Run the service's own jobs, this many seconds later."""
    world.now.advance(seconds=later)
    sms = next(each for each in world.service.channels if each.name == "sms")
    assert isinstance(sms, Forgetful)
    await Forgetter(sms.name, sms, world.service.means).once()


async def left(world: World) -> int:
    async with world.db.transaction() as session:
        return await provider_deletion.count_left(session)


async def test_nothing_of_a_dialogue_stays_at_the_provider(own_world: World) -> None:
    person = await joined_by_words(own_world, "sms", "fr")
    await person.say("3")
    assert own_world.network.sms.messages
    await own_world.network.settled()
    await forget(own_world, later=601)
    assert own_world.network.sms.messages == {}
    assert await left(own_world) == 0
    async with own_world.db.transaction() as session:
        assert not (await session.scalars(select(Delivery.id))).all()  # a reply is no longer needed then


async def test_what_was_forgotten_is_still_known_when_it_comes_again(own_world: World) -> None:
    person = await joined(own_world, "sms", "fr")
    phone, sid = own_world.network.phone(person.address), "SM" + "1" * 32
    assert "3/4" not in "".join(await phone.send("1", sid=sid))
    await forget(own_world, later=601)
    await phone.send("1", sid=sid)
    assert (await own_world.results()).questions[1].values_given == 0


async def test_what_is_still_on_its_way_is_forgotten_later(own_world: World) -> None:
    own_world.number = lambda: "+212600009951"  # type: ignore[method-assign]
    person = await joined(own_world, "sms", "fr")  # whose phone never confirms a message
    await person.say("3")
    await forget(own_world, later=601)
    messages = own_world.network.sms.messages
    assert {each.direction for each in messages.values()} == {"outbound-reply"}
    for each in messages.values():
        each.advance("delivered", 0.0)
    await forget(own_world, later=3600)
    assert messages == {}
    assert await left(own_world) == 0


async def test_a_reply_whose_id_was_never_told_is_found_by_its_number(own_world: World) -> None:
    own_world.network.twilio.mute = True
    person = await joined(own_world, "sms", "fr")
    await person.say("3")
    async with own_world.db.transaction() as session:
        assert set(await session.scalars(select(Delivery.external_id))) == {None}
    await forget(own_world, later=601)
    assert own_world.network.sms.messages
    await forget(own_world, later=3600)
    assert own_world.network.sms.messages == {}


@pytest.mark.parametrize("weather", ["throttle_next", "fail_next", "lose_next"])
async def test_what_fails_is_tried_again_until_it_is_done(own_world: World, weather: str) -> None:
    person = await joined(own_world, "sms", "fr")
    await person.say("3")
    await own_world.network.settled()
    own_world.network.twilio.hit = frozenset({"Message", "Messages.list"})
    setattr(own_world.network.twilio, weather, 3)
    await forget(own_world, later=601)
    for _ in range(6):
        await forget(own_world, later=timedelta(hours=6).total_seconds())
    assert own_world.network.sms.messages == {}
    assert await left(own_world) == 0


async def test_invitations_stay_and_telegram_needs_none(own_world: World) -> None:
    """A campaign's message reveals no choice; Telegram's history belongs to the person."""
    person = await joined(own_world, "telegram", "fr")
    await person.pick(1)
    async with own_world.db.transaction() as session:
        assert set(await session.scalars(select(Inbound.forget_at))) == {None}
        assert set(await session.scalars(select(Delivery.forget_at))) == {None}


async def test_what_came_in_and_was_never_heard_is_swept(own_world: World) -> None:
    """A forged request is refused, so no row refers to the message."""
    phone = own_world.network.phone(own_world.number())
    await phone.send("oui From+212600000123")
    assert [each.direction for each in own_world.network.sms.messages.values()] == ["inbound"]
    await forget(own_world, later=601)
    assert own_world.network.sms.messages
    own_world.now.advance(hours=1)
    sms = next(each for each in own_world.service.channels if isinstance(each, Forgetful))
    await Forgetter("sms", sms, own_world.service.means).sweep()
    assert own_world.network.sms.messages == {}
