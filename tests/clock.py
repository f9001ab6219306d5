"""A clock that tests can move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class MovingClock:
    """The present, plus what a test added."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def later(self, **by: float) -> datetime:
        """A moment to come, by `timedelta`'s keywords."""
        return self() + timedelta(**by)

    def advance(self, **by: float) -> None:
        """Move on, by `timedelta`'s keywords."""
        self.ahead += timedelta(**by)
