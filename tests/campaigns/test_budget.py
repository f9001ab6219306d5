"""A budget that is spent and raised by a second person: the waiting messages are sent, nobody's twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest

from api.campaigns import actions, service
from api.errors import Conflict, Forbidden
from api.routing.prices import Price
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import NEWS, clock, make, state, states, take
from tests.consultations import words
from tests.wire.checker import WireChecker
from tests.world import World, living

PEOPLE, CENTS = 6, Price(amount=0.1, currency="USD", as_of=date(2026, 11, 1))


@pytest.fixture
async def desk(database_url: str, checker: WireChecker) -> AsyncIterator[World]:
    async with living(database_url, checker, prices=[CENTS], approval_above=2) as world:
        yield world


async def set_to(world: World, campaign: int, amount: float | None, who: str) -> None:
    async with world.db.transaction() as session:
        await actions.budget(session, campaign, amount=amount, kit=world.kit, who=who, now=world.now())


async def spent_up(world: World) -> int:
    """A campaign by amina, launched with money for six messages and left with money for two."""
    for _ in range(PEOPLE):
        await resident(world)
    campaign = await make(world, {**NEWS, "urgent": True, "budget": 0.6})
    await take(world, campaign, "submit", "approve", "launch")
    await set_to(world, campaign, 0.2, "amina")  # a budget may be lowered at any time
    await world.deliver()
    await clock(world)
    return campaign


async def test_it_pauses_and_goes_on_when_a_second_person_raises_it(desk: World) -> None:
    campaign = await spent_up(desk)
    assert await state(desk, campaign) == "paused"
    assert (await states(desk, campaign)).count("queued") == PEOPLE - 2
    with pytest.raises(Forbidden):
        await set_to(desk, campaign, 0.6, "amina")
    with pytest.raises(Forbidden):
        await set_to(desk, campaign, None, "amina")
    await set_to(desk, campaign, 0.6, "idir")
    await take(desk, campaign, "resume")
    await desk.deliver()
    assert await states(desk, campaign) == ["delivered"] * PEOPLE
    async with desk.db.transaction() as session:
        taken = [(each.step, each.who) for each in await service.history(session, campaign)]
    assert [who for step, who in taken if step in ("budget", "pause")] == ["amina", "budget", "idir"]


async def test_before_the_launch_a_second_person_raises_it_too(desk: World) -> None:
    for _ in range(PEOPLE):
        await resident(desk)
    campaign = await make(desk, {**NEWS, "urgent": True, "budget": 0.6})
    await take(desk, campaign, "submit", "approve")
    with pytest.raises(Forbidden):
        await set_to(desk, campaign, 9.0, "amina")
    await set_to(desk, campaign, 9.0, "idir")
    await set_to(desk, campaign, 0.6, "amina")


async def test_what_is_over_spends_nothing_any_more(desk: World) -> None:
    campaign = await spent_up(desk)
    await take(desk, campaign, "cancel")
    with pytest.raises(Conflict):
        await set_to(desk, campaign, 9.0, "idir")


async def test_over_http(desk: World) -> None:
    campaign = await spent_up(desk)
    path = f"/v1/campaigns/{campaign}/budget"
    assert (await call(desk, "POST", path, json={"amount": 9})).status_code == 403
    assert (await call(desk, "POST", path, json={"amount": -1}, who="idir")).status_code == 422
    assert (await call(desk, "POST", path, json={"amount": 9}, who="idir")).json()["state"] == "paused"
    report = (await call(desk, "GET", f"/v1/campaigns/{campaign}/report")).json()
    assert (report["spent"], report["budget"], report["currency"]) == (0.2, 9, "USD")


async def test_a_messaging_service_that_counts_segments_later_makes_no_message_cheaper(
    database_url: str, checker: WireChecker
) -> None:
    sender = f"MG{'b' * 32}"  # Twilio's first answer says 0 segments
    async with living(database_url, checker, prices=[CENTS], twilio_sender=sender) as world:
        for _ in range(2):
            await resident(world)
        texts = {**words("news"), "fr": "a" * 200}
        campaign = await make(world, {**NEWS, "texts": texts, "urgent": True, "budget": 0.4})
        await take(world, campaign, "submit", "approve", "launch")
        await world.deliver()
        path = f"/v1/campaigns/{campaign}"
        assert (await call(world, "GET", f"{path}/report")).json()["spent"] == 0.4
        assert [each["parts"] for each in (await call(world, "GET", f"{path}/recipients")).json()["items"]] == [2, 2]
