"""What delivery code shares: the database, keys, roads, prices, settings and clock."""

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
class OutboxContext:
    """Shared values of one process.

    `prices` come from the settings; the prices in force are in `book`.
    """

    db: Database
    keyring: Keyring
    roads: Roads
    settings: Settings
    clock: Clock
    prices: Prices = field(default_factory=Prices)
    watch: Watch = field(default_factory=Watch)
    ticks: Callable[[], float] | None = None  # monotonic seconds, to compare the clock with
    book: Book = field(init=False)  # the rules in force; initially those of the settings and `prices`

    def __post_init__(self) -> None:
        """Build the book of rules from the settings and `prices`."""
        object.__setattr__(self, "book", Book(Values.of(self.settings, self.prices.rows)))

    def prices_on(self, channel: str) -> Prices:
        """The prices on a channel; empty if the channel is free."""
        return self.book.values.table() if channel in PAID else Prices()

    def day_ceiling_on(self, channel: str) -> int | None:
        """The daily spending limit of campaigns, in millionths; None without a limit or on a free channel."""
        budget = self.book.values.day_budget
        return None if budget is None or channel not in PAID else round(budget * MILLION)
