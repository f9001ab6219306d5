"""What everything that delivers needs: the database, the keys, the roads, the prices, the settings, the time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from api.clock import Clock
from api.db import Database
from api.routing.prices import MILLION, PAID, Prices
from api.routing.roads import Roads
from api.rules.service import Book
from api.rules.values import Values
from api.runtime.supervisor import Watch
from api.security.crypto import Keyring
from api.settings import Settings


@dataclass(frozen=True, slots=True)
class Means:
    """One of these for a process. `prices` are those of the settings; those in force are in `book`."""

    db: Database
    keyring: Keyring
    roads: Roads
    settings: Settings
    clock: Clock
    prices: Prices = field(default_factory=Prices)
    watch: Watch = field(default_factory=Watch)
    ticks: Callable[[], float] | None = None  # seconds that nobody can set, to compare the clock with
    book: Book = field(init=False)  # the rules in force; it starts with what the settings and `prices` say

    def __post_init__(self) -> None:
        """Open the book of rules."""
        object.__setattr__(self, "book", Book(Values.of(self.settings, self.prices.rows)))

    def prices_on(self, channel: str) -> Prices:
        """The prices of a channel; none where it takes no money."""
        return self.book.values.table() if channel in PAID else Prices()

    def day_ceiling_on(self, channel: str) -> int | None:
        """What campaigns may spend in a day, in millionths; None where nothing says so, or nothing is spent."""
        budget = self.book.values.day_budget
        return None if budget is None or channel not in PAID else round(budget * MILLION)
