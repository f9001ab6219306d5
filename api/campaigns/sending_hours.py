"""When campaigns may be sent: hours by weekday, Friday prayer and Ramadan, in Moroccan time.

These are pure rules without database access.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from api.clock import MOROCCO


class Span(NamedTuple):
    """The times of a day between which messages may be sent."""

    opens: time
    closes: time


class Window(NamedTuple):
    """A period on one date, between two moments, in which messages may be sent."""

    opens_at: datetime
    closes_at: datetime


_DAY = (Span(time(9), time(20)),)  # Morocco's rule for unsolicited messages
_FRIDAY = (Span(time(9), time(12)), Span(time(15), time(20)))  # not during Friday prayer
_RAMADAN = (Span(time(10), time(16)), Span(time(21), time(23)))  # not at the breaking of the fast
_FAR = 60  # days to search for a window


@dataclass(frozen=True, slots=True)
class Hours:
    """The sending hours of each weekday (0 is Monday).

    Between the first and last days in `ramadan`, the `fasting` hours apply instead.
    """

    week: Mapping[int, tuple[Span, ...]] = field(default_factory=lambda: {**dict.fromkeys(range(7), _DAY), 4: _FRIDAY})
    ramadan: tuple[tuple[date, date], ...] = ()
    fasting: tuple[Span, ...] = _RAMADAN

    def windows(self, day: date) -> tuple[Span, ...]:
        """Return the sending hours of one day, in order."""
        if any(first <= day <= last for first, last in self.ramadan):
            return self.fasting
        return self.week.get(day.weekday(), ())

    def window(self, moment: datetime) -> Window | None:
        """Return the present window or, if none is open, the next one; None if 60 days have none."""
        return next((window for window in self._from(moment) if window.closes_at > moment), None)

    def open_at(self, moment: datetime) -> bool:
        """Whether messages may be sent at a given time."""
        window = self.window(moment)
        return window is not None and window.opens_at <= moment

    def opening(self, moment: datetime) -> datetime:
        """Return the given time if messages may be sent then; otherwise return the start of the next window."""
        window = self.window(moment)
        return moment if window is None else max(moment, window.opens_at)

    def finish(self, start: datetime, seconds: float) -> datetime | None:
        """Return when sending is done if it begins at `start` and takes this many seconds.

        Only sending hours count. If 60 days are not enough, return None.
        """
        remaining = timedelta(seconds=seconds)
        for opens, closes in self._from(start):
            opens = max(opens, start)
            if closes <= opens:
                continue
            if closes - opens >= remaining:
                return opens + remaining
            remaining -= closes - opens
        return None

    def _from(self, moment: datetime) -> Iterator[Window]:
        first = moment.astimezone(MOROCCO).date()
        for days in range(_FAR):
            day = first + timedelta(days=days)
            for opens, closes in self.windows(day):
                # Morocco's UTC offset changes around Ramadan, so each time gets its own offset.
                yield Window(datetime.combine(day, opens, MOROCCO), datetime.combine(day, closes, MOROCCO))


ALWAYS = Hours(week=dict.fromkeys(range(7), (Span(time(0), time(23, 59, 59)),)))
