"""Deliveries: claiming what is due, settling what became of it, blanking what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import CursorResult, Select, Update, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Choice, Outgoing, Receipt
from api.crypto import Keyring
from api.errors import Invalid
from api.outbox import gates, sealing, states
from api.outbox.models import Body, Delivery, Gate
from api.outbox.replies import REPLY
from api.residents.models import Address, Resident
from api.residents.service import open_address


@dataclass(frozen=True, slots=True)
class Due:
    """A claimed delivery: what to send, and how often it was tried."""

    message: Outgoing
    address_id: int
    attempts: int


async def claim(
    session: AsyncSession, *, channel: str, keyring: Keyring, now: datetime, lease: float, limit: int
) -> list[Due]:
    """Take up to `limit` deliveries that are due, replies before notices before campaigns, for `lease` seconds.

    Consent is read again here: a campaign never reaches someone who is not active any more.
    """
    if limit <= 0:
        return []
    # A plain subquery may be run once per row by PostgreSQL, and lock past its limit; a CTE that locks is run once.
    due = _due(channel, now, limit).cte("due")
    claimed = (
        update(Delivery)
        .where(Delivery.id.in_(select(due.c.id)), Delivery.state == states.QUEUED)
        .values(state=states.SENDING, leased_until=now + timedelta(seconds=lease), attempts=Delivery.attempts + 1)
        .returning(Delivery.id)
    )
    numbers = (await session.scalars(claimed)).all()
    if not numbers:
        return []
    rows = await session.execute(
        select(Delivery, Address.sealed, Body)
        .join(Address, Address.id == Delivery.address_id)
        .outerjoin(Body, Body.id == Delivery.body_id)
        .where(Delivery.id.in_(numbers))
        .order_by(Delivery.priority, Delivery.id)
    )
    found = []
    for delivery, address, body in rows:
        try:
            found.append(_outgoing(delivery, address, body, keyring))
        except Invalid:  # its key is gone: no other delivery may wait for it
            await settle(session, delivery.id, state=states.FAILED, now=now, reason="unreadable")
    return found


async def settle(
    session: AsyncSession,
    delivery_id: int,
    *,
    state: str,
    now: datetime,
    external_id: str | None = None,
    parts: int | None = None,
    reason: str | None = None,
) -> bool:
    """Write what became of a delivery, if that is news: states move only forward. Says whether it was."""
    settled: CursorResult[Any] = await session.execute(  # type: ignore[assignment]
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state.in_(states.BEFORE[state]))
        .values(
            state=state,
            settled_at=now,
            leased_until=None,
            external_id=func.coalesce(external_id, Delivery.external_id),
            parts=func.coalesce(parts, Delivery.parts),
            reason=reason,
        )
    )
    return settled.rowcount > 0


async def settle_sent(session: AsyncSession, sent: Sequence[tuple[int, Receipt]], *, now: datetime) -> None:
    """Write that these deliveries were handed over, in one go; what a callback said already is not undone."""
    if not sent:
        return
    rows = [
        {"number": number, "said": receipt.external_id, "counted": receipt.parts, "moment": now}
        for number, receipt in sent
    ]
    connection = await session.connection()
    await connection.execute(_sent(), rows)


@cache
def _sent() -> Update:
    table = Delivery.__table__
    return (
        update(Delivery)
        .where(
            table.c.id == bindparam("number"),
            or_(*(table.c.state == state for state in states.BEFORE[states.SENT])),  # an IN cannot be run for many rows
        )
        .values(
            state=states.SENT,
            settled_at=bindparam("moment", type_=table.c.settled_at.type),
            leased_until=None,
            external_id=func.coalesce(bindparam("said", type_=table.c.external_id.type), table.c.external_id),
            parts=func.coalesce(bindparam("counted", type_=table.c.parts.type), table.c.parts),
            reason=None,
        )
    )


async def put_back(session: AsyncSession, delivery_id: int, *, due_at: datetime, reason: str) -> None:
    """Queue a claimed delivery again: it was certainly not handed over."""
    await session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == states.SENDING)
        .values(state=states.QUEUED, leased_until=None, due_at=due_at, reason=reason)
    )


async def reap(session: AsyncSession, *, now: datetime) -> int:
    """Mark as unsure what a dead process had claimed: it may have gone out, so it is never sent again by itself."""
    reaped: CursorResult[Any] = await session.execute(  # type: ignore[assignment]
        update(Delivery)
        .where(Delivery.state == states.SENDING, Delivery.leased_until < now)
        .values(state=states.UNSURE, settled_at=now, reason="lease", leased_until=None)
    )
    return reaped.rowcount


async def blank(session: AsyncSession, *, now: datetime, kept: float) -> int:
    """Forget the texts of replies handed over more than `kept` seconds ago."""
    blanked: CursorResult[Any] = await session.execute(  # type: ignore[assignment]
        update(Delivery)
        .where(
            Delivery.sealed.is_not(None),
            Delivery.state.not_in((states.QUEUED, states.SENDING)),
            Delivery.settled_at < now - timedelta(seconds=kept),
        )
        .values(sealed=None)
    )
    return blanked.rowcount


async def cancel_campaigns(session: AsyncSession, resident_id: int, *, now: datetime) -> None:
    """Cancel what campaigns still hold for a resident who left."""
    await session.execute(
        update(Delivery)
        .where(Delivery.resident_id == resident_id, Delivery.campaign_id.is_not(None), Delivery.state == states.QUEUED)
        .values(state=states.CANCELLED, settled_at=now, reason="stopped")
    )


async def cancel_queued(session: AsyncSession, *, campaign_id: int, now: datetime) -> int:
    """Cancel all that a campaign has not handed over yet; returns how many."""
    done: CursorResult[Any] = await session.execute(  # type: ignore[assignment]
        update(Delivery)
        .where(Delivery.campaign_id == campaign_id, Delivery.state == states.QUEUED)
        .values(state=states.CANCELLED, settled_at=now, reason="cancelled")
    )
    return done.rowcount


async def expire(session: AsyncSession, *, now: datetime) -> int:
    """Give up what was not handed over before its time was over; returns how many."""
    done: CursorResult[Any] = await session.execute(  # type: ignore[assignment]
        update(Delivery)
        .where(Delivery.state == states.QUEUED, Delivery.expires_at <= now)
        .values(state=states.EXPIRED, settled_at=now, reason="expired")
    )
    return done.rowcount


async def is_through(session: AsyncSession, *, campaign_id: int) -> bool:
    """Whether nothing of a campaign is queued or on its way any more."""
    left = select(Delivery.id).where(
        Delivery.campaign_id == campaign_id, Delivery.state.in_((states.QUEUED, states.SENDING))
    )
    return await session.scalar(left.limit(1)) is None


async def count_states(session: AsyncSession, *, campaign_id: int) -> dict[str, int]:
    """How many deliveries of a campaign are in each state."""
    rows = await session.execute(
        select(Delivery.state, func.count()).where(Delivery.campaign_id == campaign_id).group_by(Delivery.state)
    )
    return dict(rows.all())


def backoff(attempts: int) -> float:
    """Seconds to wait after so many failed tries: doubling from 5 s, at most a quarter of an hour."""
    return float(min(5 * 2 ** max(attempts - 1, 0), 900))


def _due(channel: str, now: datetime, limit: int) -> Select[int]:
    return (
        select(Delivery.id)
        .join(Resident, Resident.id == Delivery.resident_id)
        .outerjoin(Gate, Gate.campaign_id == Delivery.campaign_id)
        .where(
            Delivery.channel == channel,
            Delivery.state == states.QUEUED,
            Delivery.due_at <= now,
            gates.is_open(now),
            or_(Delivery.expires_at.is_(None), Delivery.expires_at > now),
            or_(Delivery.priority == REPLY, Resident.state == "active"),
        )
        .order_by(Delivery.priority, Delivery.due_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=Delivery)
    )


def _outgoing(delivery: Delivery, address: bytes, body: Body | None, keyring: Keyring) -> Due:
    text: str = ""
    choices: tuple[Choice, ...] = ()
    if delivery.sealed is not None:
        reply = sealing.unseal(keyring, delivery.sealed)
        text, choices = reply.text, reply.choices
    elif body is not None:
        text, choices = body.text, sealing.unpack(body.choices)
    message = Outgoing(delivery_id=delivery.id, address=open_address(keyring, address), text=text, choices=choices)
    return Due(message, delivery.address_id, delivery.attempts)
