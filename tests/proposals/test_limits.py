"""Limits on ideas: how many a person can send in a day, and how many an idea is compared with."""

from __future__ import annotations

import pytest

from api.errors import Conflict
from api.proposals.ideas import intake, search
from api.residents.models import Resident
from tests.campaigns.crowd import resident
from tests.conftest import Databases
from tests.journeys.test_ideas import SAID, person_at_rest, send_idea
from tests.proposals.office import idea
from tests.wire.checker import WireChecker
from tests.world import World, living


async def test_how_many_a_day_is_a_setting(databases: Databases, checker: WireChecker) -> None:
    async with living(await databases.fresh(), checker, ideas_per_day=1) as world:
        person = await person_at_rest(world, "sms", "fr")
        await send_idea(world, person)
        await person.say(SAID["fr"].idea)
        assert person.heard.startswith(person.words("idea.limit", count=1))
        async with world.db.transaction() as session:
            author = await session.get_one(Resident, await resident(world))
            values = {"text": "un puits", "theme": "water", "province": None, "channel": "sms", "now": world.now()}
            await intake.submit(session, author, **values, most=2)
            await intake.submit(session, author, **values, most=2)
            with pytest.raises(Conflict):
                await intake.submit(session, author, **values, most=2)


async def test_an_idea_is_compared_with_the_newest_of_its_theme_and_of_its_province(
    quiet_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_COMPARED", 2)
    text = "une passerelle sur l'oued Martil"
    by_theme, by_province, neither = [
        await idea(quiet_world, await resident(quiet_world), text, theme=theme)
        for theme in ("roads", "health", "health")
    ]
    async with quiet_world.db.transaction() as session:
        (await search.get(session, by_theme)).province = "01.051"
        (await search.get(session, neither)).province = "01.051"
    latest = await idea(quiet_world, await resident(quiet_world), text, theme="roads")
    assert await similar(quiet_world, latest) == [by_theme, by_province]
    for _ in range(2):  # newer ideas of its province push the older one out
        await idea(quiet_world, await resident(quiet_world), "des lampadaires", theme="culture")
    assert await similar(quiet_world, latest) == [by_theme]


async def similar(world: World, number: int) -> list[int]:
    async with world.db.transaction() as session:
        return sorted(each.idea.id for each in await search.similar(session, await search.get(session, number)))
