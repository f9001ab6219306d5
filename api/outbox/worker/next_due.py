"""Find when a road has something to send next. One SQL statement reads only indexes, however much is waiting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, literal_column, null, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from api.db import Moment
from api.outbox.models import Delivery, Lane, SendWindow
from api.outbox.states import DeliveryState

NEVER = datetime.max.replace(tzinfo=UTC)
LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)

_QUEUED: Any = literal_column(f"'{DeliveryState.QUEUED}'")  # a literal, so that the partial index applies


class Cover(NamedTuple):
    """A road that another road can replace, and the roads that must be paused before it does."""

    road: str
    resting: Sequence[str]


class Wait(NamedTuple):
    """The earliest delivery that waits on a road: its due time, and the start of its campaign's send window."""

    road: str
    due: datetime | None
    opens: datetime | None


async def next_due(
    connection: AsyncConnection, road: str, covers: Sequence[Cover], *, now: datetime, after: datetime = LONG_AGO
) -> datetime:
    """Return when a road has something to send next. The time may be past. If nothing waits, return `NEVER`.

    Deliveries that were due by `after` are left out, because the caller could not claim them.
    """
    roads = (road, *(name for name, _ in covers))
    lanes = {road, *(name for _, names in covers for name in names)}
    rows = await connection.execute(_statement(len(roads)), _values(roads, lanes, now=now, after=after))
    rest, waits = {}, []
    for kind, name, first, second in rows:
        if kind == "lane":
            rest[name] = first
        else:
            waits.append(Wait(name, first, second))
    return earliest(road, covers, rest, waits, now=now)


def earliest(
    road: str, covers: Sequence[Cover], rest: dict[str, datetime | None], waits: Iterable[Wait], *, now: datetime
) -> datetime:
    """Return the first time at which this road may send something. This is a pure rule without database access.

    `rest` has the end of each lane's pause. Deliveries on another road only count while this road replaces it.
    """

    def rests(name: str) -> bool:
        return (rest.get(name) or now) > now

    covered = {name for name, preceding in covers if all(map(rests, preceding))}
    open_from = max(rest.get(road) or LONG_AGO, LONG_AGO)
    moments = (
        max(each.due, each.opens or LONG_AGO, open_from)
        for each in waits
        if each.due is not None and (each.road == road or each.road in covered)
    )
    return min(moments, default=NEVER)


def _values(roads: Sequence[str], lanes: Iterable[str], *, now: datetime, after: datetime) -> dict[str, Any]:
    return {**{f"road{n}": name for n, name in enumerate(roads)}, "lanes": list(lanes), "now": now, "after": after}


@cache
def _statement(roads: int) -> Any:
    query: Any = select(
        literal_column("'lane'"), Lane.road, Lane.paused_until, null().cast(Moment)
    ).where(Lane.road.in_(bindparam("lanes", expanding=True)))  # fmt: skip
    return union_all(query, *(each for n in range(roads) for each in _waiting(f"road{n}")))


def _waiting(name: str) -> Iterator[Select[Any]]:
    """Yield queries for the earliest due times of deliveries that wait on a road."""
    now, after = bindparam("now", type_=Moment()), bindparam("after", type_=Moment())
    kind: Any = literal_column("'wait'")
    road: Any = bindparam(name)
    # outside campaigns
    no_campaign = _first(road, Delivery.campaign_id.is_(None), Delivery.due_at > after)
    yield select(kind, road, no_campaign, null().cast(Moment))
    still_open = or_(SendWindow.closes_at.is_(None), SendWindow.closes_at > now)
    of_campaign = Delivery.campaign_id == SendWindow.campaign_id
    opens_at = SendWindow.opens_at
    # campaigns whose window was open at `after`
    later = _first(road, of_campaign, Delivery.due_at > after)
    yield select(kind, road, later, opens_at).where(opens_at <= after, still_open)
    # campaigns whose window opens later
    yield select(kind, road, _first(road, of_campaign), opens_at).where(opens_at > after, still_open)


def _first(road: Any, *conditions: Any) -> Any:
    """Return a subquery for the earliest due time of queued deliveries."""
    query = select(Delivery.due_at).where(Delivery.state == _QUEUED, Delivery.road == road, *conditions)
    # this reads only the start of the index
    return query.order_by(Delivery.due_at).limit(1).correlate(SendWindow).scalar_subquery()
