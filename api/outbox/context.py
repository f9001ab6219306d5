"""The objects that delivery code of one process shares: database, keys, roads, prices, settings and clock.

A road is a route by which messages leave, for example one sender at one provider.
"""

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
    """The objects that the delivery code of one process shares, such as the database, the keys and the settings.

    `prices` are those in the settings. The prices in force now are in `book`, with the other rules that staff can
    change.
    """

    db: Database
    keyring: Keyring
    roads: Roads
    settings: Settings
    clock: Clock
    prices: Prices = field(default_factory=Prices)
    watch: Watch = field(default_factory=Watch)
    ticks: Callable[[], float] | None = None  # a monotonic clock in seconds, to notice jumps of `clock`
    book: Book = field(init=False)  # the rules in force; at first, those from the settings and `prices`

    def __post_init__(self) -> None:
        """Create `book`, the rules that staff can change. At first they come from the settings and `prices`."""
        object.__setattr__(self, "book", Book(Values.of(self.settings, self.prices.rows)))

    def prices_on(self, channel: str) -> Prices:
        """Return the prices of messages on a channel. There are none if the channel is free."""
        return self.book.values.table() if channel in PAID else Prices()

    def day_ceiling_on(self, channel: str) -> int | None:
        """Return the most that campaigns may spend on a channel in a day, in millionths.

        None means that there is no limit, or that the channel is free.
        """
        budget = self.book.values.day_budget
        return None if budget is None or channel not in PAID else round(budget * MILLION)
