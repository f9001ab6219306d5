"""Choose the unsure deliveries to ask a provider about now, and find what identifies each at the provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, literal_column, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api.channel import Choice, Outgoing, Trail
from api.errors import Invalid
from api.outbox import payload
from api.outbox.models import Body, Delivery
from api.outbox.states import DeliveryState
from api.outbox.worker import next_due as worker_next_due
from api.residents.models import Address
from api.residents.service import open_address
from api.security.crypto import Keyring
from api.security.seals import Cipher, cipher_of

_UNSURE: Any = literal_column(f"'{DeliveryState.UNSURE}'")  # a literal, so that the partial index applies


@dataclass(frozen=True, slots=True)
class UnsureDelivery:
    """A delivery to ask about, and what identifies it. `times` counts the questions about it, including this one."""

    number: int
    resident_id: int
    address_id: int
    message: Outgoing
    trail: Trail
    times: int
    campaign_id: int | None = None
    prefix: str | None = None
    parts: int = 1


async def claim(
    session: AsyncSession,
    *,
    channel: str,
    keyring: Keyring,
    now: datetime,
    settled_by: datetime,
    again_at: datetime,
    limit: int,
) -> list[UnsureDelivery]:
    """Claim up to `limit` deliveries that became unsure by `settled_by`, oldest first.

    No process asks about them again before `again_at`. By then this process has recorded an answer or is dead.
    """
    due = (
        select(Delivery.id)
        .where(
            Delivery.channel == channel,
            Delivery.state == DeliveryState.UNSURE,
            Delivery.settled_at <= settled_by,
            or_(Delivery.asked == 0, Delivery.ask_at <= now),
        )
        .order_by(Delivery.settled_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    claimed = (
        update(Delivery)
        .where(Delivery.id.in_(select(due.c.id)))
        .values(asked=Delivery.asked + 1, ask_at=again_at)
        .returning(Delivery.id)
    )
    ids = (await session.scalars(claimed)).all()
    rows = (await session.execute(_rows(ids))).all() if ids else []
    others = await other_deliveries(session, rows)
    seals = cipher_of(session, keyring)
    return [_unsure_delivery(row, seals, trail(row, others)) for row in rows]


async def next_due(connection: AsyncConnection, *, channel: str, wait: timedelta) -> datetime:
    """Return when to ask a channel's provider next about a delivery whose outcome is unknown."""
    conditions = (Delivery.state == _UNSURE, Delivery.channel == channel)
    first = select(func.min(Delivery.settled_at)).where(*conditions, Delivery.asked == 0)  # asked after `wait`
    again = select(func.min(Delivery.ask_at)).where(*conditions, Delivery.asked > 0)
    row = await connection.execute(select(first.scalar_subquery(), again.scalar_subquery()))
    first_unsure, next_retry = row.one()
    moments = [] if first_unsure is None else [first_unsure + wait]
    return min(moments if next_retry is None else [*moments, next_retry], default=worker_next_due.NEVER)


async def other_deliveries(session: AsyncSession, unsure: Sequence[Any]) -> Sequence[Any]:
    """Return other messages to the same people that the provider has, or may have.

    They are campaign messages to the same resident, and replies and notifications to the same address. Each item of
    `unsure` has a `resident_id` and an `address_id`.
    """
    if not unsure:
        return ()
    of_campaigns = (Delivery.campaign_id.is_not(None), Delivery.resident_id.in_({each.resident_id for each in unsure}))
    of_addresses = (Delivery.campaign_id.is_(None), Delivery.address_id.in_({each.address_id for each in unsure}))
    may_be_there = or_(
        Delivery.external_id.is_not(None), Delivery.state.in_((DeliveryState.SENDING, DeliveryState.UNSURE))
    )
    columns = (Delivery.id, Delivery.resident_id, Delivery.address_id, Delivery.external_id)
    query = union_all(
        *(select(*columns).where(*conditions, may_be_there) for conditions in (of_campaigns, of_addresses))
    )
    return (await session.execute(query)).all()


def trail(row: Any, deliveries: Sequence[Any]) -> Trail:
    """Return the facts by which a provider can find this delivery among others to the same person."""
    others = [each for each in deliveries if each.id != row.id]
    same = [each for each in others if row.resident_id == each.resident_id or row.address_id == each.address_id]
    return Trail(
        since=row.created_at,
        known=frozenset(each.external_id for each in same if each.external_id is not None),
        others=sum(each.external_id is None and each.address_id == row.address_id for each in same),
    )


def _rows(numbers: Sequence[int]) -> Any:
    return (
        select(
            Delivery.id, Delivery.resident_id, Delivery.address_id, Delivery.created_at, Delivery.asked,
            Delivery.sealed.label("reply"), Delivery.road, Delivery.campaign_id, Address.prefix, Body.parts,
            Address.sealed.label("address"), Body.text, Body.choices,
        )
        .join(Address, Address.id == Delivery.address_id)
        .outerjoin(Body, Body.id == Delivery.body_id)
        .where(Delivery.id.in_(numbers))
        .order_by(Delivery.id)
    )  # fmt: skip


def _unsure_delivery(row: Any, seals: Cipher, trail: Trail) -> UnsureDelivery:
    message = Outgoing(row.id, "", "")  # what is left if the key was destroyed: nothing identifies the message
    try:
        text: str = row.text or ""
        choices: tuple[Choice, ...] = payload.unpack(row.choices or ())
        if row.reply is not None:
            reply = payload.unseal(seals, row.reply)
            text, choices = reply.text, reply.choices
        message = Outgoing(row.id, open_address(seals, row.address), text, choices, road=row.road)
    except Invalid:
        pass
    paid = {"campaign_id": row.campaign_id, "prefix": row.prefix, "parts": row.parts or 1}
    return UnsureDelivery(row.id, row.resident_id, row.address_id, message, trail, row.asked, **paid)
