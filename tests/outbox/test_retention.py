"""Message rows are deleted once no longer needed, and nothing leads from them to an erased person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from api.background import cleanup
from api.db import Base
from api.inbound.models import Heard, Inbound
from api.outbox.models import Delivery
from api.settings import Settings
from tests.campaigns.crowd import resident
from tests.campaigns.office import clock
from tests.campaigns.test_campaigns import NEWS, make, take
from tests.outbox.test_forgetting import forget
from tests.people import joined
from tests.world import World


async def count(world: World, table: type[Base]) -> int:
    async with world.db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def keep(world: World, *, days: float) -> None:
    """Run the service's own retention, this many days later."""
    world.now.advance(seconds=timedelta(days=days).total_seconds())
    await cleanup.keeping(world.service.means).work(world.db, world.now())


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_of_a_dialogue_only_a_hash_is_left_that_knows_a_repetition(own_world: World, channel: str) -> None:
    person = await joined(own_world, channel, "fr")
    await person.pick(1)
    await own_world.network.settled()
    await forget(own_world, later=601)
    await keep(own_world, days=1)
    assert await count(own_world, Delivery) == 0  # a reply is not needed after an hour
    heard = await count(own_world, Inbound)
    assert heard
    await keep(own_world, days=1)
    assert (await count(own_world, Delivery), await count(own_world, Inbound)) == (0, 0)
    assert await count(own_world, Heard) == heard


async def test_a_request_that_is_recorded_and_sent_again_years_later_changes_nothing(own_world: World) -> None:
    person = await joined(own_world, "sms", "fr")
    phone, sid = own_world.network.phone(person.address), "SM" + "1" * 32
    await phone.send("1", sid=sid)
    await forget(own_world, later=601)
    await keep(own_world, days=700)
    assert await phone.send("1", sid=sid) == []
    assert (await own_world.results()).questions[1].values_given == 0


async def test_what_a_provider_still_keeps_is_not_lost_from_sight(own_world: World) -> None:
    person = await joined(own_world, "sms", "fr")
    await person.say("1")
    await own_world.network.settled()
    await keep(own_world, days=3)
    assert await count(own_world, Inbound)
    await forget(own_world, later=1)
    assert own_world.network.sms.messages == {}
    await keep(own_world, days=0)
    assert await count(own_world, Inbound) == 0


async def test_who_got_a_campaign_is_deleted_a_year_after_its_end_and_its_counts_stay(own_world: World) -> None:
    await resident(own_world)
    campaign_id = await make(own_world, {**NEWS, "urgent": True})
    await take(own_world, campaign_id, "submit", "approve", "launch")
    await own_world.deliver()
    await own_world.network.settled()
    await clock(own_world)
    await keep(own_world, days=364)
    assert await count(own_world, Delivery) == 1
    await keep(own_world, days=2)
    assert await count(own_world, Delivery) == 0


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_of_the_erased_no_message_is_left(own_world: World, channel: str) -> None:
    person = await joined(own_world, channel, "fr")
    await person.pick(1)
    await own_world.network.settled()
    await forget(own_world, later=601)
    await person.say("mes données")
    await person.pick(1)
    await person.say("oui")
    async with own_world.db.transaction() as session:
        left = (await session.scalars(select(Delivery.forget_at).order_by(Delivery.id))).all()
    await own_world.network.settled()
    assert all(left[:-1])  # messages to delete at a provider, and the answer to their last word, stay
    await forget(own_world, later=601)
    await keep(own_world, days=2)
    assert await count(own_world, Delivery) == 0


@pytest.mark.parametrize("days", [{"messages": 0}, {"letters": 3}])
def test_the_setting_knows_its_kinds(days: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Settings(kept_days=days, _env_file=None)  # type: ignore[call-arg]
