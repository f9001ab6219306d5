"""The hash of a published list is posted once, publicly."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, update

from api.background import announcements
from api.consultations.models import Consultation, Publication
from tests.conftest import Databases
from tests.linking.acts import vote_to_the_end
from tests.people import joined
from tests.wire.checker import WireChecker
from tests.world import World, living

PLACE = -1001234567890


@pytest.fixture
async def world(databases: Databases, checker: WireChecker) -> AsyncIterator[World]:
    """A service with a public channel."""
    async with living(await databases.fresh(), checker, public_channel=str(PLACE)) as service:
        service.network.bot.group(PLACE)
        yield service


async def post(world: World) -> None:
    """Run the jobs that post announcements."""
    for job in announcements.jobs(world.kit, world.service.means):
        await job.work(world.db, world.now())


def posted(world: World) -> list[str]:
    return world.network.bot.group(PLACE).said


async def closed(world: World) -> str:
    """Close a vote with one ballot; return its hash."""
    await vote_to_the_end(await joined(world, "sms", "fr"), 1)
    await world.close("plan")
    async with world.db.transaction() as session:
        return (await session.scalars(select(Publication.digest))).one()


async def test_it_is_posted_once_with_title_count_and_address(world: World) -> None:
    await post(world)
    digest = await closed(world)
    for _ in range(3):
        await post(world)
    (text,) = posted(world)
    assert digest in text
    assert "texte plan" in text
    assert f"{world.url}/consultations/plan/receipts" in text


async def test_what_fails_is_posted_later(world: World) -> None:
    await closed(world)
    world.network.telegram.fail_next = 1
    await post(world)
    assert posted(world) == []
    await post(world)
    assert len(posted(world)) == 1


async def test_what_only_the_invited_answered_is_not_posted(world: World) -> None:
    await closed(world)
    async with world.db.transaction() as session:
        await session.execute(update(Consultation).values(invited_only=True))
    await post(world)
    assert posted(world) == []


async def test_without_a_channel_there_is_nothing_to_do(own_world: World) -> None:
    assert announcements.jobs(own_world.kit, own_world.service.means) == []
