"""Detect a clock jump by comparing the wall clock with clocks that nobody can set (pure functions)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

LIMIT = timedelta(minutes=1)  # corrections by hand or by NTP are smaller


class Reading(NamedTuple):
    """Three clocks read at one moment: this machine's clock, the seconds since it started, and the database's clock."""

    wall: datetime
    ticks: float
    database: datetime | None = None  # None if the database has no clock of its own


def first(now: Reading) -> Reading:
    """Return a process's first reading, with which later ones are compared. The database's time counts as correct."""
    return now if now.database is None else now._replace(wall=now.database)


def ahead(before: Reading, now: Reading) -> timedelta:
    """Return how far this machine's wall clock has moved ahead since an earlier reading.

    If it fell behind, the result is negative. The monotonic clock and the database's clock are both compared; the
    larger difference counts.
    """
    passed = now.wall - before.wall
    others = [timedelta(seconds=now.ticks - before.ticks)]
    if before.database is not None and now.database is not None:
        others.append(now.database - before.database)
    return max((passed - other for other in others), key=abs)


def is_trusted(before: Reading, now: Reading) -> bool:
    """Return whether this machine's clock agrees with the other clocks to within LIMIT."""
    return abs(ahead(before, now)) <= LIMIT
