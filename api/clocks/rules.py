"""Whether a clock has jumped: how far it ran away from clocks that nobody sets (pure rules)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

LIMIT = timedelta(minutes=1)  # a clock that is set right by hand or by NTP moves less


class Reading(NamedTuple):
    """What clocks show at one moment: this machine's, one that counts seconds from its start, and the database's."""

    wall: datetime
    ticks: float
    database: datetime | None = None  # None if it has none of its own


def first(now: Reading) -> Reading:
    """What to compare later readings with, if nothing was read before: the database is believed from the start."""
    return now if now.database is None else now._replace(wall=now.database)


def ahead(before: Reading, now: Reading) -> timedelta:
    """How far the wall clock has run ahead since `before`, behind if negative, by whichever other clock is farthest."""
    passed = now.wall - before.wall
    others = [timedelta(seconds=now.ticks - before.ticks)]
    if before.database is not None and now.database is not None:
        others.append(now.database - before.database)
    return max((passed - other for other in others), key=abs)


def is_trusted(before: Reading, now: Reading) -> bool:
    """Whether the clocks agree, to a minute."""
    return abs(ahead(before, now)) <= LIMIT
