"""Recognise messages that were received before, even old ones of which only a keyed hash is left."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Exists, bindparam, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Incoming
from api.db import dialect, insert_in, table_of
from api.inbound.models import Heard, Inbound
from api.security.crypto import Keyring

REPEATED = timedelta(minutes=2)  # after this time, no provider that stores messages repeats a request


async def hear_once(session: AsyncSession, incoming: Incoming, *, keyring: Keyring) -> int | None:
    """Record an incoming message and return the id of its row; None if it was received before.

    On PostgreSQL, an id does not yet prove that the message is new. The caller's next statement must check `was_heard`.
    If that is true, the caller must call `unhear`.
    """
    values = {
        "provider": incoming.provider,
        "external_id": incoming.external_id,
        "received_at": incoming.received_at,
        "forget_at": incoming.received_at + REPEATED if incoming.hints.kept else None,
        **hashed(incoming, keyring),
    }
    # If a hash replaces the message's old row after the statement began, the statement sees neither.
    number: int | None = await session.scalar(_hearing(dialect(session)), values)
    return number


async def unhear(session: AsyncSession, inbound_id: int) -> None:
    """Delete the row that `hear_once` wrote for a message received before."""
    await session.execute(delete(Inbound).where(Inbound.id == inbound_id))


def was_heard() -> Exists:
    """Return the SQL condition that the hash of an earlier message is stored. Its parameters come from `hashed`."""
    return exists().where(Heard.known_by == bindparam("known_by", type_=Heard.known_by.type))


def hashed(incoming: Incoming, keyring: Keyring) -> dict[str, bytes]:
    """Return the parameters of `was_heard` for this message."""
    return {"known_by": known_by(keyring, incoming.provider, incoming.external_id)}


def known_by(keyring: Keyring, provider: str, external_id: str) -> bytes:
    """Return the keyed hash of a message's id. The hash stays when everything else about the message is deleted."""
    return keyring.blind_index(f"inbound {provider}", external_id)


@cache
def _hearing(dialect: str) -> Any:
    # Uses tables instead of classes: these rows are never objects, and plain tables are faster.
    table = table_of(Inbound)
    names = ("provider", "external_id", "received_at", "forget_at")
    row = select(*(bindparam(name, type_=table.c[name].type) for name in names)).where(~was_heard())
    return insert_in(dialect)(table).from_select(names, row).on_conflict_do_nothing().returning(table.c.id)
