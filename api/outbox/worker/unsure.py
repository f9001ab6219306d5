"""Which unsure deliveries a provider is to be asked about now, and what it must be told to know them again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, literal_column, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from api.channel import Choice, Outgoing, Trail
from api.errors import Invalid
from api.outbox import payload, states
from api.outbox.models import Body, Delivery
from api.outbox.worker import next_due as worker_next_due
from api.residents.models import Address
from api.residents.service import open_address
from api.security.crypto import Keyring
from api.security.seals import Cipher, cipher_of

_UNSURE: Any = literal_column(f"'{states.UNSURE}'")  # not bound, so that the partial index is seen to fit


@dataclass(frozen=True, slots=True)
class Asked:
    """One delivery to ask about, and what it can be found by; `times` counts the questions, this one included."""

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
) -> list[Asked]:
    """Take up to `limit` deliveries that became unsure by `settled_by`, the oldest first.

    No process asks about them again before `again_at`: by then this one has written an answer, or is dead.
    """
    due = (
        select(Delivery.id)
        .where(
            Delivery.channel == channel,
            Delivery.state == states.UNSURE,
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
    numbers = (await session.scalars(claimed)).all()
    rows = (await session.execute(_rows(numbers))).all() if numbers else []
    theirs = await beside(session, rows)
    seals = cipher_of(session, keyring)
    return [_asked(row, seals, trail(row, theirs)) for row in rows]


async def next_due(connection: AsyncConnection, *, channel: str, wait: timedelta) -> datetime:
    """When a channel's provider is to be asked next: `wait` after a delivery became unsure, or when it was told to."""
    unsure = (Delivery.state == _UNSURE, Delivery.channel == channel)
    first = select(func.min(Delivery.settled_at)).where(*unsure, Delivery.asked == 0)
    again = select(func.min(Delivery.ask_at)).where(*unsure, Delivery.asked > 0)
    fresh, asked = (await connection.execute(select(first.scalar_subquery(), again.scalar_subquery()))).one()
    moments = [] if fresh is None else [fresh + wait]
    return min(moments if asked is None else [*moments, asked], default=worker_next_due.NEVER)


async def beside(session: AsyncSession, asked: Sequence[Any]) -> Sequence[Any]:
    """What else was sent to the people asked about, by campaigns or to their addresses alone (notices, late replies):
    all that the provider gave an id, or may have taken without an answer.

    Anything that is asked about has a `resident_id` and an `address_id`.
    """
    if not asked:
        return ()
    of_campaigns = (Delivery.campaign_id.is_not(None), Delivery.resident_id.in_({each.resident_id for each in asked}))
    own = (Delivery.campaign_id.is_(None), Delivery.address_id.in_({each.address_id for each in asked}))
    may_be_there = or_(Delivery.external_id.is_not(None), Delivery.state.in_((states.SENDING, states.UNSURE)))
    columns = (Delivery.id, Delivery.resident_id, Delivery.address_id, Delivery.external_id)
    found = union_all(*(select(*columns).where(*which, may_be_there) for which in (of_campaigns, own)))
    return (await session.execute(found)).all()


def trail(row: Any, theirs: Sequence[Any]) -> Trail:
    """What a delivery can be found by, among all that was sent to those asked about."""
    others = [each for each in theirs if each.id != row.id]
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


def _asked(row: Any, seals: Cipher, found: Trail) -> Asked:
    message = Outgoing(row.id, "", "")  # of which nothing is left to be known by, where its key is gone
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
    return Asked(row.id, row.resident_id, row.address_id, message, found, row.asked, **paid)
