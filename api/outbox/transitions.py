"""Moving deliveries from state to state, only forward, many by one statement; the tallies move with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    String,
    and_,
    bindparam,
    case,
    column,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import Id, Json, dialect, table_of
from api.outbox import states
from api.outbox.counters import Changes
from api.outbox.models import Delivery

_TABLE = table_of(Delivery)
_TOLD = (_TABLE.c.id, _TABLE.c.campaign_id, _TABLE.c.body_id, _TABLE.c.province, _TABLE.c.prior, _TABLE.c.state,
         _TABLE.c.reason, _TABLE.c.address_id)  # fmt: skip
_CHUNK = 5_000  # rows moved by one statement: memory stays flat however large a campaign is


class News(NamedTuple):
    """What became of one delivery."""

    number: int
    state: str
    external_id: str | None = None
    parts: int | None = None
    reason: str | None = None


async def settle(session: AsyncSession, news: Sequence[News], *, now: datetime) -> Sequence[Any]:
    """Write what became of deliveries, where that is news: late, doubled or disordered news move nothing.

    A provider's callback may overtake its own answer: what only the answer tells (how many parts) is noted even then.
    Returns those that moved, as rows with id, campaign_id, prior, state, reason and address_id.
    """
    if not news:
        return []
    given = [
        each._asdict() for each in sorted(news, key=attrgetter("number"))
    ]  # in order, so that no two transactions wait for each other
    moved = (await session.execute(_settling(dialect(session)), {"news": given, "moment": now})).all()
    await _tell(session, moved, now=now)
    overtaken = {each.number for each in news if each.parts is not None} - {row.id for row in moved}
    if overtaken:
        late = [each for each in given if each["number"] in overtaken]
        await session.execute(_noting(dialect(session)), {"news": late})
    return moved


async def bulk(
    session: AsyncSession,
    state: str,
    *conditions: ColumnElement[bool],
    reason: str,
    now: datetime,
    changes: Changes | None = None,
) -> int:
    """Move all deliveries that fit, chunk by chunk; returns how many.

    The tallies are written together with the `changes` before, at once: written twice, they would be in no order.
    """
    found = select(Delivery.id).where(Delivery.state.in_(states.BEFORE[state]), *conditions).limit(_CHUNK)
    chosen = found.with_for_update().cte("chosen")
    moving = (
        update(_TABLE)
        .where(_TABLE.c.id.in_(select(chosen.c.id)), _TABLE.c.state.in_(states.BEFORE[state]))
        .values(**_values(state), settled_at=now, reason=reason)
        .returning(*_TOLD)
    )
    changes, count = changes or Changes(), 0
    while moved := (await session.execute(moving)).all():
        changes.add(moved)
        count += len(moved)
    await changes.write(session, now=now)
    return count


async def _tell(session: AsyncSession, moved: Sequence[Any], *, now: datetime) -> None:
    changes = Changes()
    changes.add(moved)
    await changes.write(session, now=now)


@cache
def _settling(dialect: str) -> Any:
    news = _given(dialect)
    forward = or_(*(and_(news.c.state == state, _TABLE.c.state.in_(before)) for state, before in states.BEFORE.items()))
    return (
        update(_TABLE)
        .where(_TABLE.c.id == news.c.number, forward)
        .values(
            **_values(news.c.state),
            settled_at=bindparam("moment", type_=_TABLE.c.settled_at.type),
            external_id=func.coalesce(news.c.external_id, _TABLE.c.external_id),
            parts=func.coalesce(news.c.parts, _TABLE.c.parts),
            reason=news.c.reason,
        )
        .returning(*_TOLD)
    )


@cache
def _noting(dialect: str) -> Any:
    news = _given(dialect)
    return (
        update(_TABLE)
        .where(_TABLE.c.id == news.c.number)
        .values(
            external_id=func.coalesce(_TABLE.c.external_id, news.c.external_id),
            parts=func.coalesce(_TABLE.c.parts, news.c.parts),
        )
    )


def _values(state: Any) -> dict[str, Any]:
    """What every move writes. The right side of an assignment sees the row as it was: `prior` is the state before."""
    prior = case((_TABLE.c.state == states.SENDING, states.QUEUED), else_=_TABLE.c.state)
    return {"state": state, "prior": prior, "leased_until": None}


def _given(dialect: str) -> FromClause:
    """The bound news as a table: one parameter for any number of rows, so that the statement stays the same."""
    columns: dict[str, Any] = {"number": Id, "state": String, "external_id": String, "parts": Integer, "reason": String}
    rows = bindparam("news", type_=Json)
    if dialect == "postgresql":
        typed = (column(name, kind) for name, kind in columns.items())
        return func.jsonb_to_recordset(rows).table_valued(*typed, name="news").render_derived(with_types=True)
    each = func.json_each(rows).table_valued("value", name="each")
    named = (func.json_extract(each.c.value, f"$.{name}", type_=kind).label(name) for name, kind in columns.items())
    return select(*named).subquery("news")
