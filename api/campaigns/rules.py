"""The rules of this installation that campaigns keep: hours, caps, approval, the roads' rates, the price of an SMS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from api import phones
from api.campaigns.hours import Hours
from api.prices import Prices
from api.roads import Roads
from api.settings import Settings


@dataclass(frozen=True, slots=True)
class Rules:
    """`weekly` messages at most a resident in seven days; above `approval_above` people, somebody else approves."""

    hours: Hours = field(default_factory=Hours)
    weekly: int = 3
    approval_above: int = 100
    roads: Roads = field(default_factory=lambda: Roads(()))
    prices: Prices = field(default_factory=Prices)
    answer_to: str = ""  # the number that texts name, because a road's sender takes no answers
    region: str = phones.HOME  # the country of numbers that are typed without one

    def seconds(self, segments: Mapping[tuple[str, str], int]) -> float:
        """How long sending so many segments takes, by channel and road; roads send side by side."""
        return max(
            (count / self.roads.get(road, channel).per_second for (channel, road), count in segments.items()),
            default=0.0,
        )


def rules_of(settings: Settings, roads: Roads, prices: Prices) -> Rules:
    """The rules that an operator set."""
    return Rules(
        hours=Hours(ramadan=tuple(settings.ramadan)),
        weekly=settings.campaigns_per_week,
        approval_above=settings.approval_above,
        roads=roads,
        prices=prices,
        answer_to=settings.answer_to if any(road.one_way for road in roads.of("sms")) else "",
        region=settings.default_region,
    )
