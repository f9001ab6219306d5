"""A clock that tests can move, which begins at the same hour of the same weekday whenever the suite runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from api.clock import MOROCCO

TUESDAY = 1


def morning(moment: datetime) -> datetime:
    """Ten in Morocco on the coming Tuesday: residents may be written to, and tomorrow too."""
    day = moment.astimezone(MOROCCO).replace(hour=10, minute=0, second=0, microsecond=0)
    day += timedelta(days=(TUESDAY - day.weekday()) % 7)
    return day if day >= moment else day + timedelta(days=7)


class MovingClock:
    """That morning, the time that passed since, and what a test added."""

    def __init__(self) -> None:
        self.be_morning()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def be_morning(self) -> None:
        """Be that morning again."""
        present = datetime.now(UTC)
        self.ahead = morning(present) - present

    def be_real(self) -> None:
        """Be the present, as commands and other processes go by it."""
        self.ahead = timedelta()

    def later(self, **by: float) -> datetime:
        """A moment to come, by `timedelta`'s keywords."""
        return self() + timedelta(**by)

    def advance(self, **by: float) -> None:
        """Move on, by `timedelta`'s keywords."""
        self.ahead += timedelta(**by)


class StandingClock(MovingClock):
    """A clock that moves only when a test says so: seconds can be told apart however busy the machine is."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        """Move on, by `timedelta`'s keywords."""
        self.moment += timedelta(**by)
