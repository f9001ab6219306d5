"""What a campaign costs by SMS, compared with its budget. These are pure rules without database access."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from api.routing.prices import PAID, money


class TextKey(NamedTuple):
    """The key of one of a campaign's texts: its language, whether it is in Latin script, and its variant.

    `variant` is a bit mask of the parts that the text contains; 0 for a campaign without parts.
    """

    language: str
    latin: bool
    variant: int


class Row(NamedTuple):
    """A group of residents with the same channel, language, province and so on. `people` is their number."""

    channel: str | None
    language: str
    latin: bool
    variant: int
    province: str
    road: str | None
    price: int | None  # per segment, in millionths
    excluded: str | None
    wave: int
    wait: int  # days to wait because of other updates this week
    people: int

    @property
    def text(self) -> TextKey:
        """The key of the text that these people get."""
        return TextKey(self.language, self.latin, self.variant)


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost in millionths for each language. `unpriced` counts the messages whose price is unknown."""

    by_language: Mapping[str, int] = field(default_factory=dict)
    unpriced: int = 0

    @classmethod
    def of(cls, chosen: Iterable[Row], parts: Mapping[TextKey, int]) -> Cost:
        """Return the cost of the messages to these people. Only SMS cost money; Telegram is free."""
        by_language: Counter[str] = Counter()
        unpriced = 0
        for row in chosen:
            if row.channel not in PAID:
                continue
            if row.price is None:
                unpriced += row.people
            else:
                by_language[row.language] += row.price * parts.get(row.text, 0) * row.people
        return cls(dict(by_language), unpriced)

    @property
    def micros(self) -> int:
        """The total cost, in millionths."""
        return sum(self.by_language.values())

    def blockers(self, budget: int | None) -> list[str]:
        """Return the reasons against a launch with this budget, which is in millionths."""
        if budget is None:
            return []
        if self.unpriced:
            return ["the campaign has a budget, but the price of an SMS is unknown: set the rule 'prices'"]
        if self.micros > budget:
            return [f"the campaign would cost {money(self.micros)}, but its budget is {money(budget)}"]
        return []

    def warnings(self) -> list[str]:
        """Return a warning if the price of some messages is unknown."""
        return [f"the price of {self.unpriced} SMS is unknown: set the rule 'prices'"] if self.unpriced else []
