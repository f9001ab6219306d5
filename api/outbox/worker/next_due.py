"""When a road has something to send next: read by one statement out of indexes, however much waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, literal_column, null, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from api.db import Moment
from api.outbox import states
from api.outbox.models import Delivery, Gate, Lane

NEVER = datetime.max.replace(tzinfo=UTC)
LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)

_QUEUED: Any = literal_column(f"'{states.QUEUED}'")  # not bound, so that the partial index is seen to fit

Covers = Sequence[tuple[str, Sequence[str]]]  # roads that one stands in for, and those that must rest before


class Wait(NamedTuple):
    """What waits on a road: `due` is the first moment, within the gate from `opens` where it is a campaign's."""

    road: str
    due: datetime | None
    opens: datetime | None


async def next_due(
    connection: AsyncConnection, road: str, covers: Covers, *, now: datetime, after: datetime = LONG_AGO
) -> datetime:
    """When a road has something to send next: a moment that may be past, or `NEVER`.

    What was due by `after`, and could not be claimed then, is left out.
    """
    roads = (road, *(name for name, _ in covers))
    lanes = {road, *(name for _, names in covers for name in names)}
    rows = await connection.execute(_looking(len(roads)), _values(roads, lanes, now=now, after=after))
    rest, waits = {}, []
    for kind, name, first, second in rows:
        if kind == "lane":
            rest[name] = first
        else:
            waits.append(Wait(name, first, second))
    return earliest(road, covers, rest, waits, now=now)


def earliest(
    road: str, covers: Covers, rest: dict[str, datetime | None], waits: Iterable[Wait], *, now: datetime
) -> datetime:
    """The first moment at which this road may send something, where `rest` says until when lanes rest. A pure rule.

    What waits on another road counts once those that come before this one rest.
    """

    def rests(name: str) -> bool:
        return (rest.get(name) or now) > now

    stands_in = {name for name, before in covers if all(map(rests, before))}
    open_from = max(rest.get(road) or LONG_AGO, LONG_AGO)
    moments = (
        max(each.due, each.opens or LONG_AGO, open_from)
        for each in waits
        if each.due is not None and (each.road == road or each.road in stands_in)
    )
    return min(moments, default=NEVER)


def _values(roads: Sequence[str], lanes: Iterable[str], *, now: datetime, after: datetime) -> dict[str, Any]:
    return {**{f"road{n}": name for n, name in enumerate(roads)}, "lanes": list(lanes), "now": now, "after": after}


@cache
def _looking(roads: int) -> Any:
    lanes: Any = select(
        literal_column("'lane'"), Lane.road, Lane.paused_until, null().cast(Moment)
    ).where(Lane.road.in_(bindparam("lanes", expanding=True)))  # fmt: skip
    return union_all(lanes, *(each for n in range(roads) for each in _waiting(f"road{n}")))


def _waiting(name: str) -> Iterator[Select[Any]]:
    """Of no campaign; of gates that were open by `after`, as far as it came later; of those that open later."""
    now, after = bindparam("now", type_=Moment()), bindparam("after", type_=Moment())
    kind: Any = literal_column("'wait'")
    road: Any = bindparam(name)
    alone = _first(road, Delivery.campaign_id.is_(None), Delivery.due_at > after)
    yield select(kind, road, alone, null().cast(Moment))
    still = or_(Gate.closes_at.is_(None), Gate.closes_at > now)
    theirs = Delivery.campaign_id == Gate.campaign_id
    later = _first(road, theirs, Delivery.due_at > after)
    yield select(kind, road, later, Gate.opens_at).where(Gate.opens_at <= after, still)
    yield select(kind, road, _first(road, theirs), Gate.opens_at).where(Gate.opens_at > after, still)


def _first(road: Any, *conditions: Any) -> Any:
    """The first of what is queued, at the head of its index."""
    found = select(Delivery.due_at).where(Delivery.state == _QUEUED, Delivery.road == road, *conditions)
    return found.order_by(Delivery.due_at).limit(1).correlate(Gate).scalar_subquery()
