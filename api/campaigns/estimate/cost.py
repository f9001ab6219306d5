"""What a campaign would cost by SMS, and what its budget says to that; pure rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from api.routing.prices import PAID, money

Text = tuple[str, bool, int]  # language, Latin script, variant


class Row(NamedTuple):
    """Residents of an audience who have all of this in common."""

    channel: str | None
    language: str
    latin: bool
    variant: int
    province: str
    road: str | None
    price: int | None  # of one segment, in millionths
    excluded: str | None
    wave: int
    wait: int  # days until a week is over since other news
    people: int

    @property
    def text(self) -> Text:
        """Which of the campaign's texts they get."""
        return self.language, self.latin, self.variant


@dataclass(frozen=True, slots=True)
class Cost:
    """In millionths; `unpriced` counts those for whom no price is known."""

    by_language: Mapping[str, int] = field(default_factory=dict)
    unpriced: int = 0

    @classmethod
    def of(cls, chosen: Iterable[Row], parts: Mapping[Text, int]) -> Cost:
        """The cost of what goes out by SMS: Telegram takes no money."""
        found: Counter[str] = Counter()
        unpriced = 0
        for row in chosen:
            if row.channel not in PAID:
                continue
            if row.price is None:
                unpriced += row.people
            else:
                found[row.language] += row.price * parts.get(row.text, 0) * row.people
        return cls(dict(found), unpriced)

    @property
    def micros(self) -> int:
        """All of it."""
        return sum(self.by_language.values())

    def blockers(self, budget: int | None) -> list[str]:
        """What stands against it."""
        if budget is None:
            return []
        if self.unpriced:
            return ["it has a budget, and no price of an SMS is known: set the rule prices"]
        if self.micros > budget:
            return [f"it would cost {money(self.micros)}, and its budget is {money(budget)}"]
        return []

    def warnings(self) -> list[str]:
        """What to mind."""
        return [f"no price is known for {self.unpriced} SMS: set the rule prices"] if self.unpriced else []
