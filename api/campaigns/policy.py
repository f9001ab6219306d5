"""The rules that campaigns keep: hours, caps, approval and prices out of the book of rules, and the roads' rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from api.campaigns.sending_hours import Hours
from api.routing import phones
from api.routing.prices import Prices
from api.routing.roads import Roads
from api.rules.service import Book
from api.settings import Settings


@dataclass(frozen=True, slots=True)
class Rules:
    """What the `book` says counts as of its last renewal; hours are `usual` outside Ramadan."""

    book: Book = field(default_factory=Book)
    usual: Hours = field(default_factory=Hours)
    roads: Roads = field(default_factory=lambda: Roads(()))
    answer_to: str = ""  # the number that texts name, because a road's sender takes no answers
    region: str = phones.HOME  # the country of numbers that are typed without one

    @property
    def hours(self) -> Hours:
        """When campaigns may be sent."""
        return replace(self.usual, ramadan=self.book.values.ramadan)

    @property
    def weekly(self) -> int:
        """Messages at most a resident in seven days."""
        return self.book.values.campaigns_per_week

    @property
    def approval_above(self) -> int:
        """People above whom somebody else than its authors approves."""
        return self.book.values.approval_above

    @property
    def prices(self) -> Prices:
        """What SMS cost."""
        return self.book.values.table()

    def seconds(self, segments: Mapping[tuple[str, str], int]) -> float:
        """How long sending so many segments takes, by channel and road; roads send side by side."""
        return max(
            (count / self.roads.get(road, channel).per_second for (channel, road), count in segments.items()),
            default=0.0,
        )


def rules_of(settings: Settings, roads: Roads, book: Book) -> Rules:
    """The rules in force, with the roads that an operator set."""
    return Rules(
        book=book,
        roads=roads,
        answer_to=settings.answer_to if any(road.one_way for road in roads.of("sms")) else "",
        region=settings.default_region,
    )
