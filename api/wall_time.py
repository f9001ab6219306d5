"""Future times that people are told ("10:00"). They are stored as Morocco's wall time, and converted when used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Dialect, TypeDecorator
from sqlalchemy.sql import operators

from api.clock import MOROCCO
from api.db import Moment

_LEAST = timedelta(microseconds=1)
_ORDERS = (operators.lt, operators.le, operators.gt, operators.ge)


def wall(moment: datetime) -> datetime:
    """Return the time that clocks in Morocco show at a moment. Raises ValueError if the moment has no time zone."""
    if moment.tzinfo is None:
        raise ValueError("the datetime has no time zone")
    return moment.astimezone(MOROCCO).replace(tzinfo=None)


def instant(shown: datetime) -> datetime:
    """Return the first moment, in UTC, at which clocks in Morocco show this time or a later one.

    If the time occurs twice, because clocks are put back, the result is its first occurrence. If clocks skip the time,
    the result is the moment of the change. An earlier wall time is never a later moment.
    """
    moment = shown.replace(tzinfo=MOROCCO, fold=0).astimezone(UTC)
    if wall(moment) == shown:
        return moment
    return _change(shown.replace(tzinfo=MOROCCO, fold=1).astimezone(UTC), moment)  # times before and after it


def reached(now: datetime) -> datetime:
    """Return the latest time that clocks in Morocco have shown by now.

    Usually this is the current wall time. While an hour repeats, because clocks were put back, it is the end of that
    hour. `instant(x) <= now` if and only if `x <= reached(now)`.
    """
    local = now.astimezone(MOROCCO)
    if not local.fold:
        return wall(now)
    first = local.replace(fold=0).astimezone(UTC)
    return wall(_change(first, now.astimezone(UTC)) - _LEAST)


class _Comparator(TypeDecorator.Comparator[datetime], DateTime.Comparator[datetime]):
    """Refuses to compare with a `Moment` column."""

    def operate(self, op: Any, *other: Any, **more: Any) -> Any:
        # PostgreSQL would compare the two with its own time zone data
        if any(isinstance(getattr(each, "type", None), Moment) for each in other):
            raise TypeError("compare a WallTime with a datetime, or with a parameter of the type Reached")
        return super().operate(op, *other, **more)


class WallTime(TypeDecorator[datetime]):
    """A column type for a future time in Morocco that people are told. In Python it is a moment with a zone.

    If time zone data changes, the moment changes, but not the time that people were told. Compare such a column with
    moments by `<`, `<=`, `>` or `>=`. Query parameters have the type `Reached`.
    """

    impl = DateTime(timezone=False)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the wall time to store. Raises ValueError for a time without a zone, which would be ambiguous."""
        return None if value is None else wall(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the moment of a stored wall time, by the current time zone data."""
        return None if value is None else instant(value)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:  # noqa: ARG002
        """Return the type of a value that is compared with a column of this type."""
        # the value is sent as the latest time that clocks have shown, so that an index can be used
        return Reached() if op in _ORDERS else self

    comparator_factory: Any = _Comparator


class Reached(WallTime):
    """A moment as a query parameter. It is sent as the latest time that clocks in Morocco have shown by then.

    It differs from the current wall time only in an hour that clocks repeat.
    """

    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the latest time that clocks in Morocco have shown by this moment; see `reached`."""
        return None if value is None else reached(value)


def _change(before: datetime, after: datetime) -> datetime:
    """Return the moment, in UTC and to the second, when Morocco's offset changes between two moments."""
    first, last = int(before.timestamp()), int(after.timestamp())
    old = before.astimezone(MOROCCO).utcoffset()
    while last - first > 1:
        middle = (first + last) // 2
        if datetime.fromtimestamp(middle, MOROCCO).utcoffset() == old:
            first = middle
        else:
            last = middle
    return datetime.fromtimestamp(last, UTC)
