"""Where to answer: an SMS from a sender that cannot receive names a number; Telegram needs none."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from api.outbox.models import Body
from api.routing.roads import Road
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import INVITATION, make, take
from tests.wire.checker import WireChecker
from tests.world import World, living

NUMBER = "5757"
TWILIO, KANNEL = Road(name="out", provider="twilio", sender="SAWT"), Road(name="in", provider="kannel", sender=NUMBER)


@pytest.fixture
async def one_way(database_url: str, checker: WireChecker) -> AsyncIterator[World]:
    async with living(database_url, checker, roads=[TWILIO, KANNEL], answer_to=NUMBER) as world:
        yield world


async def bodies(world: World) -> dict[str, list[str]]:
    async with world.db.transaction() as session:
        rows = (await session.execute(select(Body.channel, Body.text))).all()
    return {channel: [text for each, text in rows if each == channel] for channel in ("sms", "telegram")}


async def launched(world: World) -> int:
    await resident(world)
    campaign = await make(world, INVITATION, urgent=True)
    await take(world, campaign, "submit", "approve", "launch")
    return campaign


async def test_a_one_way_sender_names_the_number_to_answer(one_way: World) -> None:
    await launched(one_way)
    texts = await bodies(one_way)
    assert [NUMBER in text for text in texts["sms"]] == [True] * 4
    assert [NUMBER in text for text in texts["telegram"]] == [False] * 4


async def test_a_sender_that_can_be_answered_needs_no_number(own_world: World) -> None:
    await launched(own_world)
    assert not any(NUMBER in text for texts in (await bodies(own_world)).values() for text in texts)
