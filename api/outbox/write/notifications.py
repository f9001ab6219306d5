"""Queue notifications: messages to one resident about their own affairs, such as an answer from the staff."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Reply
from api.outbox import payload
from api.outbox.models import Delivery
from api.outbox.states import DeliveryState
from api.outbox.write.replies import NOTICE, REPLY
from api.residents.models import Address, Resident
from api.residents.service import ACTIVE, JOINING
from api.runtime.wakeups import OUTBOX, wake
from api.security.crypto import Keyring

_FIRST = case((Address.channel == "telegram", 0), else_=1)  # Telegram is free
_KEPT = timedelta(days=7)  # a notification that was not sent within a week is out of date


async def notify(
    session: AsyncSession,
    resident_id: int,
    reply: Reply,
    *,
    keyring: Keyring,
    now: datetime,
    address_id: int | None = None,
    until: datetime | None = None,
    due_at: datetime | None = None,
    asked: bool = False,
) -> bool:
    """Queue a notification to a resident; return False if they cannot be notified, as after STOP.

    It is sent to this address, if one is given, not before `due_at` and not after `until`. If the resident `asked` for
    it, it has the priority of a reply, and a resident who has not joined yet gets it too.
    """
    allowed = (ACTIVE, JOINING) if asked else (ACTIVE,)
    address = await best_address(session, resident_id, address_id=address_id, allowed=allowed)
    if address is None:
        return False
    row = _row(address, resident_id, reply, keyring=keyring, now=now, until=until, due_at=due_at)
    if asked:
        row["priority"] = REPLY
    session.add(Delivery(**row))
    await session.flush()
    wake(session, OUTBOX)
    return True


async def notify_each(
    session: AsyncSession,
    replies: Mapping[int, Reply],
    *,
    keyring: Keyring,
    now: datetime,
    until: datetime | None = None,
    due_at: datetime | None = None,
) -> int:
    """Queue a notification to each of these residents, if possible; return how many."""
    addresses = await best_addresses(session, replies)
    await queue(session, addresses, replies, keyring=keyring, now=now, until=until, due_at=due_at)
    return len(addresses)


async def queue(
    session: AsyncSession,
    addresses: Mapping[int, Address],
    replies: Mapping[int, Reply],
    *,
    keyring: Keyring,
    now: datetime,
    until: datetime | None = None,
    due_at: datetime | None = None,
) -> None:
    """Queue each resident's notification to their address in `addresses`, in one SQL statement."""
    rows = [
        _row(address, resident_id, replies[resident_id], keyring=keyring, now=now, until=until, due_at=due_at)
        for resident_id, address in addresses.items()
    ]
    if rows:
        await session.execute(insert(Delivery), rows)
        wake(session, OUTBOX)


async def best_addresses(session: AsyncSession, residents: Collection[int]) -> dict[int, Address]:
    """Return the address to notify for each resident's id: Telegram if possible, otherwise SMS."""
    place = func.row_number().over(partition_by=Address.resident_id, order_by=(_FIRST, Address.id.desc()))
    ranked = _reachable(Address.id, place.label("place")).where(Address.resident_id.in_(residents)).subquery()
    # Read the resident's id from the row: the session may remember a previous owner of the address.
    query = (
        select(Address, Address.resident_id)
        .join(ranked, ranked.c.id == Address.id)
        .where(ranked.c.place == 1)
        .order_by(Address.id)
    )
    return {resident_id: address for address, resident_id in await session.execute(query)}


async def best_address(
    session: AsyncSession, resident_id: int, *, address_id: int | None = None, allowed: Collection[str] = (ACTIVE,)
) -> Address | None:
    """Return where to notify a resident: at this address, else on Telegram, else by SMS; None if nowhere."""
    address: Address | None = await session.scalar(
        _reachable(Address, allowed=allowed)
        .where(Address.resident_id == resident_id)
        .order_by(case((Address.id == address_id, 0), else_=1), _FIRST, Address.id.desc())
        .limit(1)
    )
    return address


def _reachable(*columns: Any, allowed: Collection[str] = (ACTIVE,)) -> Select[Any]:
    """Return a query for the active addresses of residents who may be notified."""
    owned: Select[Any] = select(*columns).select_from(Address).join(Resident, Resident.id == Address.resident_id)
    return owned.where(Address.state == "active", Resident.state.in_(allowed))


def _row(
    address: Address,
    resident_id: int,
    reply: Reply,
    *,
    keyring: Keyring,
    now: datetime,
    until: datetime | None,
    due_at: datetime | None,
) -> dict[str, Any]:
    due_at = due_at or now
    return {
        "channel": address.channel,
        "road": address.road,
        "address_id": address.id,
        "resident_id": resident_id,
        "priority": NOTICE,
        "state": DeliveryState.QUEUED,
        "sealed": payload.seal(keyring, reply),
        "due_at": due_at,
        "created_at": now,
        "expires_at": min(until or due_at + _KEPT, due_at + _KEPT),
        "attempts": 0,
    }
