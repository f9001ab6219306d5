"""Budgets: nobody spends more than the limit, however many processes claim, and unspent money comes back."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from api.channel import Misconfigured, Rejected, SendError, SendResult, Throttled, Unsure
from api.clock import MOROCCO
from api.db import Database
from api.outbox.flow import budgets
from api.outbox.models import Budget, Delivery
from api.outbox.worker.claim import Claim, ClaimedDelivery, claim
from api.routing.prices import MILLION, Price, Prices
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import NEWS, clock, make, state, states, take
from tests.locks import until_waiting
from tests.outbox.mouths import Mouth, deliverer
from tests.outbox.rows import deliveries
from tests.world import KEYRING, World

PRICES = Prices([Price(amount=0.1, currency="USD", as_of=date(2026, 11, 1))])
CENTS = MILLION // 100


class Sms(Mouth):
    name = "sms"


@given(st.lists(st.integers(0, 50), max_size=20), st.integers(-20, 300) | st.none())
def test_as_many_as_the_money_suffices_for_in_their_order(costs: list[int], left: int | None) -> None:
    count = budgets.affordable(costs, left)
    if left is None:
        assert count == len(costs)
    else:
        assert count == 0 or sum(costs[:count]) <= left
        assert count == len(costs) or sum(costs[: count + 1]) > left


def test_a_day_begins_at_midnight_in_morocco() -> None:
    before = datetime(2026, 11, 24, 23, 59, tzinfo=MOROCCO)
    after = datetime(2026, 11, 25, 0, 0, tzinfo=MOROCCO)
    assert (budgets.of_day(before), budgets.of_day(after)) == ("day:2026-11-24", "day:2026-11-25")
    assert budgets.of_day(after.astimezone(UTC)) == "day:2026-11-25"


async def running(world: World, people: int, *, budget: float | None = None, **more: Any) -> int:
    """A running urgent campaign to this many people. Each SMS costs ten cents; the budget is set after the launch."""
    for _ in range(people):
        await resident(world)
    campaign = await make(world, {**NEWS, "urgent": True, **more})
    await take(world, campaign, "submit", "approve", "launch")
    if budget is not None:
        await allow(world, campaign, budget)
    return campaign


async def allow(world: World, campaign: int, budget: float) -> None:
    async with world.db.transaction() as session:
        await budgets.set_ceiling(session, budgets.of_campaign(campaign), ceiling=round(budget * MILLION))


async def spent(world: World, name: str) -> int:
    """The amount spent, in cents."""
    async with world.db.transaction() as session:
        return await budgets.spent(session, name) // CENTS


async def all_of(world: World, mouth: Mouth, **changed: Any) -> None:
    while await deliverer(world, mouth, prices=PRICES, **changed).once():
        pass


async def claimed(
    world: World, db: Database, *, road: str = "twilio", ceiling: int | None = None
) -> list[ClaimedDelivery]:
    async with db.transaction() as session:
        claimant = Claim(road=road, keyring=KEYRING, lease=60.0, prices=PRICES, day_ceiling=ceiling)
        return await claim(session, claimant, of="twilio", now=world.now(), limit=7)


async def test_a_campaign_stops_at_its_budget_and_others_go_on(quiet_world: World) -> None:
    campaign = await running(quiet_world, 10, budget=0.65)
    await all_of(quiet_world, Sms([]))
    rows = await deliveries(quiet_world, campaign)
    waiting = [row for row in rows if row.state == "queued"]
    assert (len(waiting), await spent(quiet_world, budgets.of_campaign(campaign))) == (4, 60)
    assert {(row.attempts, row.leased_until) for row in waiting} == {(0, None)}  # as if never claimed
    other = await make(quiet_world, {**NEWS, "urgent": True})
    await take(quiet_world, other, "submit", "approve", "launch")
    await clock(quiet_world)
    assert (await state(quiet_world, campaign), await state(quiet_world, other)) == ("paused", "running")
    await all_of(quiet_world, Sms([]))
    assert set(await states(quiet_world, other)) == {"sent"}
    await allow(quiet_world, campaign, 1.0)
    await take(quiet_world, campaign, "resume")
    await all_of(quiet_world, Sms([]))
    assert set(await states(quiet_world, campaign)) == {"sent"}
    assert await spent(quiet_world, budgets.of_campaign(campaign)) == 100
    await clock(quiet_world)
    assert await state(quiet_world, campaign) == "finished"


async def test_no_number_of_processes_spends_more_than_is_set(quiet_world: World, database_url: str) -> None:
    """Eight claims at once, on two roads, for two campaigns and one day: no limit is exceeded by a cent."""
    one = await running(quiet_world, 30, budget=1.25)
    two = await make(quiet_world, {**NEWS, "urgent": True})
    await take(quiet_world, two, "submit", "approve", "launch")
    processes = [Database(database_url) for _ in range(8)]
    claims = [
        claimed(quiet_world, db, road=road, ceiling=200 * CENTS)
        for db, road in zip(processes, ["twilio", "other"] * 4, strict=True)
    ]
    claimed_all = [due for each in await asyncio.gather(*claims) for due in each]
    numbers = [due.message.delivery_id for due in claimed_all]
    assert len(numbers) == len(set(numbers)) <= 20
    for campaign in (one, two):
        of_one = [due for due in claimed_all if due.campaign_id == campaign]
        assert await spent(quiet_world, budgets.of_campaign(campaign)) == 10 * len(of_one)
    assert await spent(quiet_world, budgets.of_campaign(one)) <= 125
    assert await spent(quiet_world, budgets.of_day(quiet_world.now())) == 10 * len(claimed_all) <= 200
    for row in [*await deliveries(quiet_world, one), *await deliveries(quiet_world, two)]:
        assert (row.state, row.attempts) == (("sending", 1) if row.id in numbers else ("queued", 0))
    for db in processes:
        await db.close()


async def test_what_was_not_taken_is_given_back_and_what_was_longer_is_paid(quiet_world: World) -> None:
    answers: list[SendResult | SendError] = [
        Rejected("21614"),
        Throttled(5.0),
        Misconfigured("20003"),
        Unsure("timeout"),
    ]
    campaign = await running(quiet_world, len(answers) + 2, budget=5)
    await all_of(quiet_world, Sms([*answers, SendResult("a", parts=3), SendResult("b")]))
    # three segments, one segment, and the one that may have been sent
    assert await spent(quiet_world, budgets.of_campaign(campaign)) == 50


async def test_a_day_is_over_when_its_money_is_and_begins_anew_at_midnight(quiet_world: World) -> None:
    campaign = await running(quiet_world, 5)
    settings = quiet_world.settings.model_copy(update={"day_budget": 0.3})
    today = budgets.of_day(quiet_world.now())
    await all_of(quiet_world, Sms([]), settings=settings)
    assert (await states(quiet_world, campaign)).count("queued") == 2
    assert await spent(quiet_world, today) == await spent(quiet_world, budgets.of_campaign(campaign)) == 30
    await clock(quiet_world)
    assert await state(quiet_world, campaign) == "running"  # only its day's money is spent
    while budgets.of_day(quiet_world.now()) == today:
        quiet_world.now.advance(hours=1)
    await clock(quiet_world)
    await all_of(quiet_world, Sms([]), settings=settings)
    assert await states(quiet_world, campaign) == ["sent"] * 5


async def test_a_day_that_may_cost_more_goes_on(quiet_world: World) -> None:
    campaign = await running(quiet_world, 3)
    for budget, left in ((0.1, 2), (0.1, 2), (0.2, 1), (9.0, 0)):
        await all_of(quiet_world, Sms([]), settings=quiet_world.settings.model_copy(update={"day_budget": budget}))
        assert (await states(quiet_world, campaign)).count("queued") == left


async def test_replies_wait_for_no_money_and_telegram_takes_none(quiet_world: World) -> None:
    campaign = await running(quiet_world, 2, budget=0)
    await resident(quiet_world, channels=("telegram",))
    free = await make(quiet_world, {**NEWS, "urgent": True, "audience": {"channel": ["telegram"]}})
    await take(quiet_world, free, "submit", "approve", "launch")
    await allow(quiet_world, free, 0)
    async with quiet_world.db.transaction() as session:
        first = select(Delivery.id).where(Delivery.campaign_id == campaign).limit(1).scalar_subquery()
        await session.execute(update(Delivery).where(Delivery.id == first).values(priority=0, campaign_id=None))
    broke = quiet_world.settings.model_copy(update={"day_budget": 0.0})
    await all_of(quiet_world, Sms([]), settings=broke)
    assert await states(quiet_world, campaign) == ["queued"]
    bot = Mouth([])
    bot.name = "telegram"
    await all_of(quiet_world, bot, settings=broke)
    assert await states(quiet_world, free) == ["sent"]
    async with quiet_world.db.transaction() as session:
        assert set(await session.scalars(select(Budget.spent))) == {0}
        assert await session.scalar(select(Delivery.state).where(Delivery.campaign_id.is_(None))) == "sent"


async def test_a_claim_and_a_correction_do_not_wait_for_each_other(quiet_world: World, database_url: str) -> None:
    """Both lock the campaign's budget before the day's."""
    campaign = await running(quiet_world, 3, budget=5)
    other = Database(database_url)
    ceiling = 100 * CENTS
    async with quiet_world.db.transaction() as session:
        await budgets.ensure(session, budgets.of_day(quiet_world.now()), ceiling=ceiling)
    async with quiet_world.db.transaction() as session:
        await budgets.correct(session, {budgets.of_campaign(campaign): 10 * CENTS})
        claiming = asyncio.create_task(claimed(quiet_world, other, ceiling=ceiling))
        await until_waiting(quiet_world, 1)
        await budgets.correct(session, {budgets.of_day(quiet_world.now()): 10 * CENTS})
    assert len(await claiming) == 3
    assert await spent(quiet_world, budgets.of_day(quiet_world.now())) == 40
    await other.close()
