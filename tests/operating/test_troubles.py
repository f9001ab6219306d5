"""Stuck and failing work shows in `sawt today`, `/v1/overview` and `sawt doctor`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from api.campaigns.models import Campaign
from api.consultations.models import Consultation
from api.outbox.flow import budgets, lanes
from api.outbox.models import Delivery, Lane
from api.routing.prices import MILLION
from api.workflows.overview.troubles import LATE, STILL, troubles
from rehearsal.twilio.codes import Outcome
from sawt.doctor import trouble_checks
from sawt.doctor.trouble_checks import check_troubles
from tests.api.office import created
from tests.campaigns.crowd import address, resident
from tests.campaigns.office import NEWS, launched
from tests.proposals.office import get
from tests.staff.test_today import sawt
from tests.world import World

MINUTE = timedelta(minutes=1)
QUIET = {"failing": [], "stuck": [], "overdue": [], "budget": None}


async def troubles_in(world: World) -> dict[str, Any]:
    async with world.db.transaction() as session:
        return (await troubles(session, now=world.now())).model_dump(mode="json")


async def fated(world: World, outcome: Outcome) -> str:
    """A resident with a magic number; returns their id."""
    number, person = world.number(), await resident(world, channels=())
    world.network.sms.outcomes[number] = outcome
    async with world.db.transaction() as session:
        session.add(address(person, "sms", number))
    return number


async def doors(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], str, str]:
    """The overview, the output of `sawt today`, and the doctor's errors."""
    monkeypatch.setattr(trouble_checks, "now", world.now)
    wrong = [f"{each.subject}: {each.words}" for each in await check_troubles(world.settings) if each.ok is False]
    return await get(world, "overview"), await sawt(world, monkeypatch, "today"), "\n".join(wrong)


async def test_a_provider_that_refuses_everything_is_seen(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [await fated(own_world, Outcome(20003, http=401)) for _ in range(3)]
    number = await launched(own_world, {**NEWS, "urgent": True})
    await own_world.deliver()
    overview, today, doctor = await doors(own_world, monkeypatch)
    assert [road["road"] for road in overview["roads"]] == ["twilio"]
    assert "20003" in today
    assert "twilio is paused" in doctor
    own_world.now.advance(minutes=16)
    overview, today, doctor = await doors(own_world, monkeypatch)
    assert overview["roads"] == []  # it no longer rests, but still nothing is sent
    assert [(each["road"], each["again"]) for each in overview["failing"]] == [("twilio", True)]
    assert [(each["number"], each["why"], each["count"]) for each in overview["stuck"]] == [(number, "still", 3)]
    for said in (today, doctor):
        assert "twilio rested and is tried again" in said
        assert f"{number}: News: it runs and 3 messages wait" in said
    for each in numbers:
        del own_world.network.sms.outcomes[each]
    await own_world.deliver()
    assert await troubles_in(own_world) == QUIET
    assert (await check_troubles(own_world.settings))[0].ok is True


async def test_a_campaign_that_waits_for_its_hours_or_just_began_is_not_stuck(quiet_world: World) -> None:
    await resident(quiet_world)
    await launched(quiet_world, {**NEWS, "urgent": True})
    for moment, stuck in ((STILL - MINUTE, 0), (2 * MINUTE, 1)):
        quiet_world.now.advance(seconds=moment.total_seconds())
        assert len((await troubles_in(quiet_world))["stuck"]) == stuck
    async with quiet_world.db.transaction() as session:
        await session.execute(update(Delivery).values(due_at=quiet_world.now.later(hours=1)))
    assert (await troubles_in(quiet_world))["stuck"] == []


async def test_a_campaign_that_fails_for_many_is_seen(own_world: World) -> None:
    for _ in range(12):
        await fated(own_world, Outcome(21211))
    campaign = await launched(own_world, {**NEWS, "urgent": True})
    await own_world.deliver()
    stuck = (await troubles_in(own_world))["stuck"]
    assert [(each["number"], each["why"], each["count"]) for each in stuck] == [(campaign, "failing", 12)]


@pytest.mark.parametrize(
    ("tried", "failed", "named"), [(9, 9, False), (12, 2, False), (12, 3, True), (80, 20, True), (80, 19, False)]
)
async def test_a_road_of_which_many_fail_is_seen(quiet_world: World, tried: int, failed: int, named: bool) -> None:
    async with quiet_world.db.transaction() as session:
        await lanes.enter(session, "twilio", per_second=10.0, now=quiet_world.now())
        await session.execute(update(Lane).values(tried=tried, failed=failed))
    roads = [(each["road"], each["tried"], each["failed"]) for each in (await troubles_in(quiet_world))["failing"]]
    assert roads == ([("twilio", tried, failed)] if named else [])


async def test_a_clock_that_does_not_tick_is_seen_by_what_it_leaves(
    quiet_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    due = quiet_world.now()
    draft = await created(quiet_world)
    await resident(quiet_world)
    number = await launched(quiet_world, {**NEWS, "urgent": True, "name": "Overdue"})
    async with quiet_world.db.transaction() as session:
        await session.execute(
            update(Consultation).where(Consultation.code == draft).values(opens_at=due, closes_at=None)
        )
        await session.execute(update(Consultation).where(Consultation.code == "plan").values(closes_at=due))
        await session.execute(
            update(Campaign).where(Campaign.id == number).values(state="scheduled", scheduled_for=due)
        )
        await session.execute(update(Delivery).values(state="sending", leased_until=due))
    quiet_world.now.advance(seconds=LATE.total_seconds() - 60)
    assert (await troubles_in(quiet_world))["overdue"] == []
    quiet_world.now.advance(minutes=2)
    overview, today, doctor = await doors(quiet_world, monkeypatch)
    late = [(each["what"], each["of"]) for each in overview["overdue"]]
    assert late == [("launch", "Overdue"), ("opening", draft), ("closing", "plan"), ("claim", "twilio")]
    for said in (today, doctor):
        for words in ("launch of Overdue", f"opening of {draft}", "closing of plan", "SAWT_BACKGROUND"):
            assert words in said


async def test_messages_that_nobody_takes_are_seen(quiet_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await resident(quiet_world)
    await launched(quiet_world, {**NEWS, "urgent": True})
    async with quiet_world.db.transaction() as session:
        await session.execute(update(Delivery).values(campaign_id=None, road="twilio", due_at=quiet_world.now()))
        await lanes.enter(session, "twilio", per_second=10.0, now=quiet_world.now())
    assert (await troubles_in(quiet_world))["overdue"] == []
    quiet_world.now.advance(minutes=6)
    overview, today, _ = await doors(quiet_world, monkeypatch)
    assert [(each["what"], each["of"]) for each in overview["overdue"]] == [("messages", "twilio")]
    assert "wait on twilio, although it does not rest" in today
    async with quiet_world.db.transaction() as session:
        await lanes.rest(session, "twilio", until=quiet_world.now.later(minutes=5), reason="x")
    assert (await troubles_in(quiet_world))["overdue"] == []  # it rests, which is reported instead


@pytest.mark.parametrize(
    ("spent", "empty", "words"),
    [(7.9, False, ""), (8.0, False, "it is nearly used up"), (3.0, True, "messages wait for tomorrow")],
)
async def test_the_days_money_is_seen_before_it_is_gone(
    quiet_world: World, monkeypatch: pytest.MonkeyPatch, spent: float, empty: bool, words: str
) -> None:
    async with quiet_world.db.transaction() as session:
        name = budgets.of_day(quiet_world.now())
        await budgets.ensure(session, name, ceiling=10 * MILLION)
        purse = await budgets.get(session, name)
        assert purse is not None
        purse.spent, purse.empty = round(spent * MILLION), empty
    overview, today, doctor = await doors(quiet_world, monkeypatch)
    assert (overview["budget"] is not None) == bool(words)
    for said in (today, doctor):
        assert (f"{spent:g} of today's 10 are spent: {words}" in said) == bool(words)
    quiet_world.now.advance(days=1)
    assert (await troubles_in(quiet_world))["budget"] is None
