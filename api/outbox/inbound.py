"""Messages that come in, each heard once: also those of long ago, of which only a keyed hash is left."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.channel import Incoming
from api.crypto import Keyring
from api.db import dialect, insert_in, table_of
from api.outbox.models import Heard, Inbound

_KNOWN = select(exists().where(Heard.known_by == bindparam("known_by", type_=Heard.known_by.type)))
REPEATED = timedelta(minutes=2)  # after this no provider that keeps messages repeats a request


async def hear_once(session: AsyncSession, incoming: Incoming, *, keyring: Keyring) -> int | None:
    """Note that this message came in, and return its number; None if it was heard before."""
    hashed = known_by(keyring, incoming.provider, incoming.external_id)
    values = {
        "provider": incoming.provider,
        "external_id": incoming.external_id,
        "received_at": incoming.received_at,
        "forget_at": incoming.received_at + REPEATED if incoming.hints.kept else None,
        "known_by": hashed,
    }
    found: int | None = await session.scalar(_hearing(dialect(session)), values)
    if found is not None and await _was_deleted_meanwhile(session, hashed):
        await session.execute(delete(Inbound).where(Inbound.id == found))
        return None
    return found


async def _was_deleted_meanwhile(session: AsyncSession, hashed: bytes) -> bool:
    """Whether the row of this message was deleted, and only its hash kept, while its repetition waited to be written.

    PostgreSQL's statements do not see what is committed after they began; the next one does. SQLite's writers take
    turns, so there is nothing to look for.
    """
    if dialect(session) != "postgresql":
        return False
    return bool(await session.scalar(_KNOWN, {"known_by": hashed}))


def known_by(keyring: Keyring, provider: str, external_id: str) -> bytes:
    """What stays of a message's id once all else about it is deleted: a keyed hash, which leads nowhere."""
    return keyring.blind_index(f"inbound {provider}", external_id)


@cache
def _hearing(dialect: str) -> Any:
    # The tables and not their classes: a row of this kind is never an object, and the way around them is shorter.
    table = table_of(Inbound)
    names = ("provider", "external_id", "received_at", "forget_at")
    known = exists().where(Heard.known_by == bindparam("known_by", type_=Heard.known_by.type))
    row = select(*(bindparam(name, type_=table.c[name].type) for name in names)).where(~known)
    return insert_in(dialect)(table).from_select(names, row).on_conflict_do_nothing().returning(table.c.id)
