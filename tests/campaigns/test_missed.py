"""A missed schedule asks staff again, however late, and the approval stands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.campaigns import actions, service
from api.campaigns.scheduler import STALE
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.office import NEWS, clock, make, state, states, take
from tests.proposals.office import get
from tests.staff.test_today import sawt
from tests.terminal import Terminal
from tests.world import World


async def scheduled(world: World, **by: float) -> int:
    """A campaign approved by someone else, scheduled for this much later."""
    await resident(world)
    campaign = await make(world, NEWS)
    await take(world, campaign, "submit", "approve")
    async with world.db.transaction() as session:
        await actions.schedule(session, campaign, at=world.now.later(**by), who="idir", now=world.now())
    return campaign


@pytest.mark.parametrize("late", [STALE + timedelta(minutes=1), timedelta(minutes=29), timedelta(days=3)], ids=str)
async def test_it_is_not_launched_late_and_asks_again(
    quiet_world: World, monkeypatch: pytest.MonkeyPatch, late: timedelta
) -> None:
    campaign = await scheduled(quiet_world, minutes=5)
    quiet_world.now.advance(seconds=(timedelta(minutes=5) + late).total_seconds())
    for _ in range(2):
        await clock(quiet_world)
    assert (await state(quiet_world, campaign), await states(quiet_world, campaign)) == ("approved", [])
    (waiting,) = (await get(quiet_world, "overview"))["campaigns"]
    assert (waiting["number"], waiting["state"], waiting["missed"] is not None) == (campaign, "approved", True)
    assert "as the service was down: launch or schedule it" in await sawt(quiet_world, monkeypatch, "today")
    async with quiet_world.db.transaction() as session:
        last = (await service.history(session, campaign))[-1]
    assert (last.step, last.state, last.who) == ("missed", "approved", "clock")


async def test_staff_launch_it_after_all_without_another_approval(quiet_world: World) -> None:
    campaign = await scheduled(quiet_world, minutes=5)
    quiet_world.now.advance(minutes=10)
    await clock(quiet_world)
    await take(quiet_world, campaign, "launch")
    assert (await state(quiet_world, campaign), await states(quiet_world, campaign)) == ("running", ["queued"])
    assert (await get(quiet_world, "overview"))["campaigns"] == []


async def test_it_can_be_scheduled_again_and_is_kept_then(quiet_world: World) -> None:
    campaign = await scheduled(quiet_world, minutes=5)
    quiet_world.now.advance(minutes=10)
    await clock(quiet_world)
    async with quiet_world.db.transaction() as session:
        at = quiet_world.now.later(minutes=5)
        await actions.schedule(session, campaign, at=at, who="idir", now=quiet_world.now())
    quiet_world.now.advance(minutes=5)
    await clock(quiet_world)
    assert await state(quiet_world, campaign) == "running"


async def test_unscheduling_keeps_the_approval(quiet_world: World, terminal: Terminal) -> None:
    campaign = await scheduled(quiet_world, minutes=5)
    answer = await call(quiet_world, "POST", f"/v1/campaigns/{campaign}/unschedule", who="idir")
    assert (answer.status_code, answer.json()["state"], answer.json()["scheduled_for"]) == (200, "approved", None)
    quiet_world.now.advance(minutes=5)
    await clock(quiet_world)
    assert await state(quiet_world, campaign) == "approved"
    (waiting,) = (await get(quiet_world, "overview"))["campaigns"]
    assert waiting["missed"] is None
    again = await call(quiet_world, "POST", f"/v1/campaigns/{campaign}/unschedule", who="idir")
    assert again.status_code == 409
    await terminal("campaign", "schedule", str(campaign), "2099-01-01T10:00", who="idir")
    assert await state(quiet_world, campaign) == "scheduled"
    await terminal("campaign", "unschedule", str(campaign), who="idir")
    assert await state(quiet_world, campaign) == "approved"
    await take(quiet_world, campaign, "launch")
    assert await state(quiet_world, campaign) == "running"
