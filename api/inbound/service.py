"""Messages that come in, each heard once: also those of long ago, of which only a keyed hash is left."""

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

REPEATED = timedelta(minutes=2)  # after this no provider that keeps messages repeats a request


async def hear_once(session: AsyncSession, incoming: Incoming, *, keyring: Keyring) -> int | None:
    """Note that this message came in, and return its number; None if it was heard before.

    The caller's next statement must look again, with `was_heard`, and call `unhear` if that is true. On PostgreSQL a
    statement does not see what is committed after it began: one that waits while the message's row is deleted and its
    hash kept finds neither.
    """
    values = {
        "provider": incoming.provider,
        "external_id": incoming.external_id,
        "received_at": incoming.received_at,
        "forget_at": incoming.received_at + REPEATED if incoming.hints.kept else None,
        **hashed(incoming, keyring),
    }
    found: int | None = await session.scalar(_hearing(dialect(session)), values)
    return found


async def unhear(session: AsyncSession, inbound_id: int) -> None:
    """Delete what `hear_once` noted of a message that was heard before."""
    await session.execute(delete(Inbound).where(Inbound.id == inbound_id))


def was_heard() -> Exists:
    """A column: whether only the hash of a message is left. The statement takes the parameters of `hashed`."""
    return exists().where(Heard.known_by == bindparam("known_by", type_=Heard.known_by.type))


def hashed(incoming: Incoming, keyring: Keyring) -> dict[str, bytes]:
    """The parameters of `was_heard`."""
    return {"known_by": known_by(keyring, incoming.provider, incoming.external_id)}


def known_by(keyring: Keyring, provider: str, external_id: str) -> bytes:
    """What stays of a message's id once all else about it is deleted: a keyed hash, which leads nowhere."""
    return keyring.blind_index(f"inbound {provider}", external_id)


@cache
def _hearing(dialect: str) -> Any:
    # The tables and not their classes: a row of this kind is never an object, and the way around them is shorter.
    table = table_of(Inbound)
    names = ("provider", "external_id", "received_at", "forget_at")
    row = select(*(bindparam(name, type_=table.c[name].type) for name in names)).where(~was_heard())
    return insert_in(dialect)(table).from_select(names, row).on_conflict_do_nothing().returning(table.c.id)
