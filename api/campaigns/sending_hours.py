"""When campaigns may be sent: windows by weekday, Friday prayer and Ramadan, on Morocco's clock; pure rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from api.clock import MOROCCO

Span = tuple[time, time]

_DAY: tuple[Span, ...] = (
    (time(9), time(20)),
)  # the land's rule for messages nobody asked for (context, rules of the land)
_FRIDAY: tuple[Span, ...] = ((time(9), time(12)), (time(15), time(20)))  # not during Friday prayer
_RAMADAN: tuple[Span, ...] = ((time(10), time(16)), (time(21), time(23)))  # not at the breaking of the fast
_FAR = 60  # days after which no window is looked for


@dataclass(frozen=True, slots=True)
class Hours:
    """Windows by weekday (0 is Monday). `ramadan` are first and last days, on which other windows hold."""

    week: Mapping[int, tuple[Span, ...]] = field(default_factory=lambda: {**dict.fromkeys(range(7), _DAY), 4: _FRIDAY})
    ramadan: tuple[tuple[date, date], ...] = ()
    fasting: tuple[Span, ...] = _RAMADAN

    def windows(self, day: date) -> tuple[Span, ...]:
        """The windows of one day, in order."""
        if any(first <= day <= last for first, last in self.ramadan):
            return self.fasting
        return self.week.get(day.weekday(), ())

    def window(self, moment: datetime) -> tuple[datetime, datetime] | None:
        """The window that is open at this moment, or else the next one; None where none comes within 60 days."""
        return next((span for span in self._from(moment) if span[1] > moment), None)

    def open_at(self, moment: datetime) -> bool:
        """Whether one may send now."""
        found = self.window(moment)
        return found is not None and found[0] <= moment

    def opening(self, moment: datetime) -> datetime:
        """This moment, where one may send now; else when one may again."""
        found = self.window(moment)
        return moment if found is None else max(moment, found[0])

    def finish(self, start: datetime, seconds: float) -> datetime | None:
        """When so many seconds of sending will be over; None where 60 days are not enough."""
        left = timedelta(seconds=seconds)
        for opens, closes in self._from(start):
            opens = max(opens, start)
            if closes <= opens:
                continue
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        return None

    def _from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        first = moment.astimezone(MOROCCO).date()
        for number in range(_FAR):
            day = first + timedelta(days=number)
            for opens, closes in self.windows(day):
                # The zone is asked for each moment of its own: its offset changes within Ramadan's days.
                yield datetime.combine(day, opens, MOROCCO), datetime.combine(day, closes, MOROCCO)


ALWAYS = Hours(week=dict.fromkeys(range(7), ((time(0), time(23, 59, 59)),)))
