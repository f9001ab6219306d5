"""What a campaign costs by SMS, compared with its budget. Pure rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from api.routing.prices import PAID, money


class TextKey(NamedTuple):
    """Which of a campaign's texts: its language, whether in Latin script, and its variant."""

    language: str
    latin: bool
    variant: int


class Row(NamedTuple):
    """A group of residents of an audience with the same properties."""

    channel: str | None
    language: str
    latin: bool
    variant: int
    province: str
    road: str | None
    price: int | None  # per segment, in millionths
    excluded: str | None
    wave: int
    wait: int  # days until a week after other updates
    people: int

    @property
    def text(self) -> TextKey:
        """Which text they get."""
        return TextKey(self.language, self.latin, self.variant)


@dataclass(frozen=True, slots=True)
class Cost:
    """A cost in millionths; `unpriced` counts messages without a known price."""

    by_language: Mapping[str, int] = field(default_factory=dict)
    unpriced: int = 0

    @classmethod
    def of(cls, chosen: Iterable[Row], parts: Mapping[TextKey, int]) -> Cost:
        """Return the cost of what is sent by SMS; Telegram is free."""
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
        """The total."""
        return sum(self.by_language.values())

    def blockers(self, budget: int | None) -> list[str]:
        """Return reasons against a launch with this budget, in millionths."""
        if budget is None:
            return []
        if self.unpriced:
            return ["it has a budget, but the price of an SMS is unknown: set the rule prices"]
        if self.micros > budget:
            return [f"it would cost {money(self.micros)}, but its budget is {money(budget)}"]
        return []

    def warnings(self) -> list[str]:
        """Return what staff should know."""
        return [f"the price of {self.unpriced} SMS is unknown: set the rule prices"] if self.unpriced else []
