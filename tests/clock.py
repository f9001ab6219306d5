"""A clock that tests can move; it always starts at the same hour of the same weekday."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from api.clock import MOROCCO

TUESDAY = 1


def morning(moment: datetime) -> datetime:
    """Ten o'clock in Morocco on the next Tuesday: messages may be sent then, and on the next day too."""
    day = moment.astimezone(MOROCCO).replace(hour=10, minute=0, second=0, microsecond=0)
    day += timedelta(days=(TUESDAY - day.weekday()) % 7)
    return day if day >= moment else day + timedelta(days=7)


class MovingClock:
    """Shows that morning plus the time passed since, plus what a test added."""

    def __init__(self) -> None:
        self.be_morning()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def be_morning(self) -> None:
        """Return to that morning."""
        present = datetime.now(UTC)
        self.ahead = morning(present) - present

    def be_real(self) -> None:
        """Show the real time, which commands and other processes use."""
        self.ahead = timedelta()

    def later(self, **by: float) -> datetime:
        """A future moment, given by `timedelta`'s keywords."""
        return self() + timedelta(**by)

    def advance(self, **by: float) -> None:
        """Move on, by `timedelta`'s keywords."""
        self.ahead += timedelta(**by)


class StandingClock(MovingClock):
    """A clock that only moves when a test says so, for exact seconds on a busy machine."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        """Move on, by `timedelta`'s keywords."""
        self.moment += timedelta(**by)
