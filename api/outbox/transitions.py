"""Change the states of deliveries, many in one statement and only forward, and update the counters with them."""

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
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import Id, Json, dialect, table_of
from api.outbox.counters import Changes
from api.outbox.models import Delivery
from api.outbox.states import BEFORE, DeliveryState

_TABLE = table_of(Delivery)
_RETURNED = (_TABLE.c.id, _TABLE.c.campaign_id, _TABLE.c.body_id, _TABLE.c.province, _TABLE.c.prior, _TABLE.c.state,
         _TABLE.c.reason, _TABLE.c.address_id)  # fmt: skip
_BATCH = 5_000  # rows per statement, so that memory stays flat for any campaign


class StatusUpdate(NamedTuple):
    """A new state for the delivery with the id `number`, and what the provider told us with it."""

    number: int
    state: DeliveryState
    external_id: str | None = None
    parts: int | None = None
    reason: str | None = None


async def settle(session: AsyncSession, updates: Sequence[StatusUpdate], *, now: datetime) -> Sequence[Any]:
    """Apply status updates that move deliveries forward. Late, repeated or out-of-order updates have no effect.

    Return the changed rows: id, campaign_id, body_id, province, prior, state, reason, address_id.
    """
    if not updates:
        return []
    # Sorted by id, so that concurrent transactions do not deadlock.
    rows = [each._asdict() for each in sorted(updates, key=attrgetter("number"))]
    moved = (await session.execute(_settle_statement(dialect(session)), {"news": rows, "moment": now})).all()
    await _count_moved(session, moved, now=now)
    # `parts` comes only with the answer to our request: store it even if a callback came first
    overtaken = {each.number for each in updates if each.parts is not None} - {row.id for row in moved}
    if overtaken:
        overtaken_rows = [each for each in rows if each["number"] in overtaken]
        await session.execute(_note_statement(dialect(session)), {"news": overtaken_rows})
    return moved


async def move_all(
    session: AsyncSession,
    state: DeliveryState,
    *conditions: ColumnElement[bool],
    reason: str,
    now: datetime,
    changes: Changes | None = None,
) -> int:
    """Give a new state to all deliveries that meet the conditions, batch by batch; return how many.

    The counters are written in one statement, together with any earlier `changes`, because two writes could deadlock.
    """
    query = select(Delivery.id).where(Delivery.state.in_(BEFORE[state]), *conditions).limit(_BATCH)
    batch = query.with_for_update().cte("chosen")
    statement = (
        update(_TABLE)
        .where(_TABLE.c.id.in_(select(batch.c.id)), _TABLE.c.state.in_(BEFORE[state]))
        .values(**_moved_values(state), settled_at=now, reason=reason)
        .returning(*_RETURNED)
    )
    changes, count = changes or Changes(), 0
    while moved := (await session.execute(statement)).all():
        changes.add(moved)
        count += len(moved)
    await changes.write(session, now=now)
    return count


async def _count_moved(session: AsyncSession, moved: Sequence[Any], *, now: datetime) -> None:
    changes = Changes()
    changes.add(moved)
    await changes.write(session, now=now)


@cache
def _settle_statement(dialect: str) -> Any:
    updates = _updates_table(dialect)
    forward = or_(*(and_(updates.c.state == state, _TABLE.c.state.in_(before)) for state, before in BEFORE.items()))
    return (
        update(_TABLE)
        .where(_TABLE.c.id == updates.c.number, forward)
        .values(
            **_moved_values(updates.c.state),
            settled_at=bindparam("moment", type_=_TABLE.c.settled_at.type),
            external_id=func.coalesce(updates.c.external_id, _TABLE.c.external_id),
            parts=func.coalesce(updates.c.parts, _TABLE.c.parts),
            reason=updates.c.reason,
        )
        .returning(*_RETURNED)
    )


@cache
def _note_statement(dialect: str) -> Any:
    updates = _updates_table(dialect)
    return (
        update(_TABLE)
        .where(_TABLE.c.id == updates.c.number)
        .values(
            external_id=func.coalesce(_TABLE.c.external_id, updates.c.external_id),
            parts=func.coalesce(_TABLE.c.parts, updates.c.parts),
        )
    )


def _moved_values(state: Any) -> dict[str, Any]:
    """Return the values written by every change of state."""
    queued = literal(DeliveryState.QUEUED, _TABLE.c.state.type)
    # SQL reads the old row, so this is the state before the change
    prior = case((_TABLE.c.state == DeliveryState.SENDING, queued), else_=_TABLE.c.state)
    return {"state": state, "prior": prior, "leased_until": None}


def _updates_table(dialect: str) -> FromClause:
    """Return the status updates as an SQL table in one parameter."""
    columns: dict[str, Any] = {"number": Id, "state": String, "external_id": String, "parts": Integer, "reason": String}
    rows = bindparam("news", type_=Json)  # one parameter, so that the statement's text never changes
    if dialect == "postgresql":
        typed = (column(name, kind) for name, kind in columns.items())
        return func.jsonb_to_recordset(rows).table_valued(*typed, name="news").render_derived(with_types=True)
    each = func.json_each(rows).table_valued("value", name="each")
    named = (func.json_extract(each.c.value, f"$.{name}", type_=kind).label(name) for name, kind in columns.items())
    return select(*named).subquery("news")
