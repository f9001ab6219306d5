"""What a campaign costs before it is sent, by language and road, and how that compares with its budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from api.campaigns import service
from api.campaigns.context import CampaignContext
from api.campaigns.estimate.cost import Cost, TextKey
from api.campaigns.reporting.schemas import Preview
from api.routing.prices import MILLION, Price, Prices
from api.routing.roads import Road, Roads, Route
from api.rules.service import Book
from api.rules.values import Values
from tests.campaigns.crowd import resident
from tests.campaigns.test_campaigns import NEWS, make
from tests.world import World

DAY, LATER = date(2026, 10, 1), date(2026, 11, 1)
ROADS = Roads(
    [Road(name="near", provider="kannel", per_second=1), Road(name="far", provider="twilio", per_second=2)],
    [Route(prefix="+33", roads={"far": 1}), Route(prefix="+212", roads={"near": 1})],
)
PRICES = Prices(
    [
        Price(road="near", prefix="+212", amount=0.05, currency="MAD", as_of=LATER),
        Price(road="far", amount=0.4, currency="MAD", as_of=DAY),
    ]
)


@dataclass(frozen=True)
class Some:
    people: int
    price: int | None
    language: str = "fr"
    channel: str | None = "sms"
    latin: bool = False
    variant: int = 0

    @property
    def text(self) -> TextKey:
        return TextKey(self.language, self.latin, self.variant)


PARTS: Mapping[TextKey, int] = {
    TextKey("fr", False, 0): 2, TextKey("zgh", False, 0): 3, TextKey("zgh", True, 0): 1, TextKey("fr", False, 3): 5,
}  # fmt: skip


def test_segments_times_price_by_language_and_nothing_for_telegram() -> None:
    groups = [Some(3, 100), Some(2, 70), Some(1, 10, variant=3), Some(4, 100, "zgh"), Some(4, 100, "zgh", latin=True)]
    cost = Cost.of([*groups, Some(9, 100, channel="telegram"), Some(9, None, channel="telegram")], PARTS)
    assert (cost.by_language, cost.micros, cost.unpriced) == ({"fr": 930, "zgh": 1600}, 2530, 0)


@pytest.mark.parametrize(
    ("cost", "budget", "blockers", "warnings"),
    [
        (Cost({"fr": 2 * MILLION}), None, [], []),
        (Cost({"fr": 2 * MILLION}), 2 * MILLION, [], []),
        (Cost({"fr": 2 * MILLION}), 2 * MILLION - 10_000, ["the campaign would cost 2.0, but its budget is 1.99"], []),
        (Cost({}, 3), None, [], ["the price of 3 SMS is unknown: set the rule 'prices'"]),
        (
            Cost({}, 3),
            MILLION,
            ["the campaign has a budget, but the price of an SMS is unknown: set the rule 'prices'"],
            ["the price of 3 SMS is unknown: set the rule 'prices'"],
        ),
        (Cost({}), 0, [], []),
    ],
)  # fmt: skip
def test_blockers_and_warnings_of_a_budget(
    cost: Cost, budget: int | None, blockers: list[str], warnings: list[str]
) -> None:
    assert (cost.blockers(budget), cost.warnings()) == (blockers, warnings)


def kit_of(world: World, prices: Prices = PRICES) -> CampaignContext:
    rules = replace(world.kit.rules, roads=ROADS, book=Book(Values(prices=prices.rows)))
    return replace(world.kit, rules=rules)


async def look(world: World, prices: Prices = PRICES, **more: Any) -> Preview:
    campaign = await make(world, {**NEWS, "urgent": True, **more})
    async with world.db.transaction() as session:
        return await service.preview(session, campaign, kit=kit_of(world, prices), now=world.now())


async def crowd(world: World) -> None:
    """Three residents at home, one of whom reads Arabic; one abroad; one with Telegram."""
    for language in ("fr", "fr", "ar"):
        await resident(world, language=language)
    world_number = world.number
    world.number = lambda: world_number().replace("+212", "+336")  # type: ignore[method-assign]
    await resident(world, language="fr")
    world.number = world_number  # type: ignore[method-assign]
    await resident(world, language="fr", channels=("sms", "telegram"))


async def test_a_preview_prices_each_language_and_road(own_world: World) -> None:
    await crowd(own_world)
    preview = await look(own_world)
    assert (preview.by_road, preview.total_segments) == ({"near": 3, "far": 1, "telegram": 1}, 4)
    assert (preview.prices, preview.price) == ({"fr": 0.5, "ar": 0.05}, 0.55)
    assert (preview.currency, preview.priced_on, preview.budget) == ("MAD", DAY, None)
    assert preview.seconds == 3.0  # three segments on the slow road; the others are sent in parallel
    assert (preview.blockers, [each for each in preview.warnings if "price" in each]) == ([], [])


async def test_too_small_a_budget_blocks_it(own_world: World) -> None:
    await crowd(own_world)
    assert (await look(own_world, budget=0.55)).blockers == []
    preview = await look(own_world, budget=0.5)
    assert (preview.budget, preview.blockers) == (0.5, ["the campaign would cost 0.55, but its budget is 0.5"])


async def test_unknown_prices_are_reported(own_world: World) -> None:
    await crowd(own_world)
    home = Prices([PRICES.rows[0]])
    preview = await look(own_world, home, budget=9)
    assert preview.price is None
    assert preview.blockers == ["the campaign has a budget, but the price of an SMS is unknown: set the rule 'prices'"]
    assert "the price of 1 SMS is unknown: set the rule 'prices'" in preview.warnings
    assert (await look(own_world, home)).blockers == []
