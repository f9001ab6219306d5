"""Times to come as people are told them, "10:00": kept as wall time in Morocco, an instant only when used."""

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
    """What clocks in Morocco show at a moment; without a zone. Raises ValueError where the moment has none."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(MOROCCO).replace(tzinfo=None)


def instant(shown: datetime) -> datetime:
    """The first moment at which clocks in Morocco show this time or a later one; in UTC.

    So a time that comes twice, as clocks are put back, is its first; one that is left out, as they are put forward, is
    the moment of the change. That keeps the order: what is earlier on the wall is not later in truth.
    """
    found = shown.replace(tzinfo=MOROCCO, fold=0).astimezone(UTC)
    if wall(found) == shown:
        return found
    return _change(shown.replace(tzinfo=MOROCCO, fold=1).astimezone(UTC), found)  # an hour before it, and one after


def reached(now: datetime) -> datetime:
    """The latest time that clocks in Morocco have shown by now: `instant(x) <= now` where `x <= reached(now)`.

    It is what they show, but for the hour that comes twice: the second time, all of it has been shown.
    """
    local = now.astimezone(MOROCCO)
    if not local.fold:
        return wall(now)
    first = local.replace(fold=0).astimezone(UTC)
    return wall(_change(first, now.astimezone(UTC)) - _LEAST)


class _Comparator(TypeDecorator.Comparator[datetime], DateTime.Comparator[datetime]):
    """Refuses what is a `Moment` in the database: PostgreSQL would compare the two by its own zone data."""

    def operate(self, op: Any, *other: Any, **more: Any) -> Any:
        if any(isinstance(getattr(each, "type", None), Moment) for each in other):
            raise TypeError("compare a WallTime with a datetime, or with a parameter of the type Reached")
        return super().operate(op, *other, **more)


class WallTime(TypeDecorator[datetime]):
    """A time in Morocco that people are told in advance. In Python it is an instant with its zone, like a `Moment`.

    New zone data move the instant, not the time told. Beside `<` and its like stand moments: `closes_at <= now` asks
    what clocks have shown by now, so that an index serves it. A bound parameter for it has the type `Reached`.
    """

    impl = DateTime(timezone=False)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """What is written down. Raises ValueError for a time without a zone, which would mean two things."""
        return None if value is None else wall(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The instant, by the zone data of today."""
        return None if value is None else instant(value)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:  # noqa: ARG002
        """A moment that such a column is compared with."""
        return Reached() if op in _ORDERS else self

    comparator_factory: Any = _Comparator


class Reached(WallTime):
    """A moment, bound as the latest time that clocks have shown by then: what a `WallTime` is compared with."""

    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """See `reached`."""
        return None if value is None else reached(value)


def _change(before: datetime, after: datetime) -> datetime:
    """When the offset changes between two moments, to the second; in UTC."""
    first, last = int(before.timestamp()), int(after.timestamp())
    old = before.astimezone(MOROCCO).utcoffset()
    while last - first > 1:
        middle = (first + last) // 2
        if datetime.fromtimestamp(middle, MOROCCO).utcoffset() == old:
            first = middle
        else:
            last = middle
    return datetime.fromtimestamp(last, UTC)
