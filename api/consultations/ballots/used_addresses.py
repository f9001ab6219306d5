"""Addresses from which a vote was cast: the next owner gets no second ballot while that vote is open.

A ballot stays with the resident who cast it. If an address could vote again after leaving them, one SIM card could cast
a ballot each time it is linked, declared a wrong number, and linked again. So the address is marked when it leaves. The
mark says neither whose ballot it was nor what it contains, and closing deletes it.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from api.consultations.models import Ballot, Consultation, UsedAddress
from api.consultations.vault_keys import secrecy
from api.db import insert
from api.residents.models import Address, Resident
from api.security.crypto import voter_token


async def mark(session: AsyncSession, *, resident_id: int, address_id: int) -> None:
    """Mark an address that leaves this resident, in every open consultation in which they have a ballot.

    If the key of a consultation is lost, nobody knows who has a ballot, so the address is marked. Closing waits for
    this transaction.
    """
    for each in await secrecy.with_secret(session, locked=True):
        secret = secrecy.known_secret_of(session, each)
        if secret is not None:
            own = (Ballot.consultation_id == each.id, Ballot.voter == voter_token(secret, resident_id))
            if await session.scalar(select(Ballot.id).where(*own)) is None:
                continue
        row = insert(session)(UsedAddress).values(consultation_id=each.id, address_id=address_id)
        await session.execute(row.on_conflict_do_nothing())


async def copy_marks(session: AsyncSession, *, address_id: int, to: int) -> None:
    """Copy the marks of an address to the one that replaces it."""
    query = select(UsedAddress.consultation_id).where(UsedAddress.address_id == address_id)
    for consultation_id in (await session.scalars(query)).all():
        row = insert(session)(UsedAddress).values(consultation_id=consultation_id, address_id=to)
        await session.execute(row.on_conflict_do_nothing())


async def is_barred(session: AsyncSession, *, consultation_id: int, resident_id: int) -> bool:
    """Whether any address of this resident is marked, so that they may not cast a new ballot."""
    own = (UsedAddress.consultation_id == consultation_id, Address.resident_id == resident_id)
    query = select(UsedAddress.address_id).join(Address, Address.id == UsedAddress.address_id).where(*own).limit(1)
    return await session.scalar(query) is not None


def has_marked_address() -> ColumnElement[bool]:
    """SQL condition: the resident of a query has a marked address. Most have none and need no further check."""
    own = aliased(Address)
    return exists().where(UsedAddress.address_id == own.id, own.resident_id == Resident.id)


def bars_resident(resident_id: int) -> ColumnElement[bool]:
    """SQL condition: the consultation of a query is one for which `is_barred` holds."""
    # Each SELECT reads one table, because SQLite's RETURNING omits table names.
    own = select(Address.id).where(Address.resident_id == resident_id)
    return Consultation.id.in_(select(UsedAddress.consultation_id).where(UsedAddress.address_id.in_(own)))


def is_unmarked(consultation_id: int) -> ColumnElement[bool]:
    """SQL condition: an address of a query is not marked in this consultation."""
    return ~exists().where(UsedAddress.consultation_id == consultation_id, UsedAddress.address_id == Address.id)


async def holders(session: AsyncSession) -> set[int]:
    """The residents with a marked address: its hash must be kept."""
    query = select(Address.resident_id).join(UsedAddress, UsedAddress.address_id == Address.id)
    return set(await session.scalars(query))


async def forget(session: AsyncSession, consultation_id: int) -> None:
    """Delete the marks of a consultation that closes."""
    await session.execute(delete(UsedAddress).where(UsedAddress.consultation_id == consultation_id))
