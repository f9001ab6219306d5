"""Notices: what one resident is told of their own affairs, unasked: the state of their idea, an answer of the staff."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Reply
from api.outbox import payload, states
from api.outbox.models import Delivery
from api.outbox.write.replies import NOTICE, REPLY
from api.residents.models import Address, Resident
from api.residents.service import ACTIVE, JOINING
from api.runtime.wakeups import OUTBOX, wake
from api.security.crypto import Keyring

_FIRST = case((Address.channel == "telegram", 0), else_=1)  # it is free
_KEPT = timedelta(days=7)  # a notice that could not be handed over in a week is stale


async def tell(
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
    """Queue a notice for this address of a resident, or for the one they are best reached on.

    It goes out by the road they last came by, not before `due_at` and not after `until`. Says
    whether they can be told: who stopped, or left, is not. What they `asked` for is told also to who has not joined
    yet, as a reply.
    """
    states_told = (ACTIVE, JOINING) if asked else (ACTIVE,)
    address = await best(session, resident_id, address_id=address_id, states_told=states_told)
    if address is None:
        return False
    row = _row(address, resident_id, reply, keyring=keyring, now=now, until=until, due_at=due_at)
    if asked:
        row["priority"] = REPLY
    session.add(Delivery(**row))
    await session.flush()
    wake(session, OUTBOX)
    return True


async def tell_each(
    session: AsyncSession,
    replies: Mapping[int, Reply],
    *,
    keyring: Keyring,
    now: datetime,
    until: datetime | None = None,
    due_at: datetime | None = None,
) -> int:
    """Queue a notice for each of these residents, as `tell` does, in two statements; returns how many can be told."""
    at = await best_of(session, replies)
    await queue(session, at, replies, keyring=keyring, now=now, until=until, due_at=due_at)
    return len(at)


async def queue(
    session: AsyncSession,
    at: Mapping[int, Address],
    replies: Mapping[int, Reply],
    *,
    keyring: Keyring,
    now: datetime,
    until: datetime | None = None,
    due_at: datetime | None = None,
) -> None:
    """Queue each of these residents' replies for the address that is theirs in `at`, in one statement."""
    rows = [
        _row(each, number, replies[number], keyring=keyring, now=now, until=until, due_at=due_at)
        for number, each in at.items()
    ]
    if rows:
        await session.execute(insert(Delivery), rows)
        wake(session, OUTBOX)


async def best_of(session: AsyncSession, residents: Collection[int]) -> dict[int, Address]:
    """Where each of these residents is told something, as `best` has it, in one statement; without those who cannot."""
    place = func.row_number().over(partition_by=Address.resident_id, order_by=(_FIRST, Address.id.desc()))
    ranked = _reachable(Address.id, place.label("place")).where(Address.resident_id.in_(residents)).subquery()
    # The number is read from the row: of an address that changed hands just now, what the session holds is older.
    wanted = (
        select(Address, Address.resident_id)
        .join(ranked, ranked.c.id == Address.id)
        .where(ranked.c.place == 1)
        .order_by(Address.id)
    )
    return {number: each for each, number in await session.execute(wanted)}


async def best(
    session: AsyncSession, resident_id: int, *, address_id: int | None = None, states_told: Collection[str] = (ACTIVE,)
) -> Address | None:
    """Where a resident is told something: at this address, or on Telegram, which is free, or else by SMS."""
    found: Address | None = await session.scalar(
        _reachable(Address, states_told=states_told)
        .where(Address.resident_id == resident_id)
        .order_by(case((Address.id == address_id, 0), else_=1), _FIRST, Address.id.desc())
        .limit(1)
    )
    return found


def _reachable(*columns: Any, states_told: Collection[str] = (ACTIVE,)) -> Select[Any]:
    """Addresses of residents who can be told something: who stopped, or left, is not."""
    found: Select[Any] = select(*columns)
    joined = found.select_from(Address).join(Resident, Resident.id == Address.resident_id)
    return joined.where(Address.state == "active", Resident.state.in_(states_told))


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
        "state": states.QUEUED,
        "sealed": payload.seal(keyring, reply),
        "due_at": due_at,
        "created_at": now,
        "expires_at": min(until or due_at + _KEPT, due_at + _KEPT),
        "attempts": 0,
    }
