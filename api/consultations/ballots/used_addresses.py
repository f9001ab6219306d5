"""Mark addresses that were used to vote, so that their next owner gets no second ballot while that vote is open.

An address is a phone number or a Telegram account. A ballot stays with the resident who cast it. Without marks, one SIM
card could cast many ballots: it would be linked, declared a wrong number, and linked again. So an address is marked
when it leaves a resident who has voted. The mark says neither which ballot was cast nor what it contains, and closing
deletes the mark.
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
    """Mark an address that leaves this resident, in every open consultation in which the resident has a ballot.

    If the key of a consultation is lost, nobody knows who has a ballot. Then the address is marked there too. The
    consultations cannot close before this transaction ends.
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
    """Copy the marks of an address to the address that replaces it (`to`)."""
    query = select(UsedAddress.consultation_id).where(UsedAddress.address_id == address_id)
    for consultation_id in (await session.scalars(query)).all():
        row = insert(session)(UsedAddress).values(consultation_id=consultation_id, address_id=to)
        await session.execute(row.on_conflict_do_nothing())


async def is_barred(session: AsyncSession, *, consultation_id: int, resident_id: int) -> bool:
    """Whether any address of this resident is marked in this consultation, so that they may cast no new ballot."""
    own = (UsedAddress.consultation_id == consultation_id, Address.resident_id == resident_id)
    query = select(UsedAddress.address_id).join(Address, Address.id == UsedAddress.address_id).where(*own).limit(1)
    return await session.scalar(query) is not None


def has_marked_address() -> ColumnElement[bool]:
    """Return the SQL condition that the `Resident` of a query has a marked address. Few residents have one."""
    own = aliased(Address)
    return exists().where(UsedAddress.address_id == own.id, own.resident_id == Resident.id)


def bars_resident(resident_id: int) -> ColumnElement[bool]:
    """Return the SQL condition that an address of this resident is marked in the `Consultation` of a query."""
    # Each SELECT reads one table, because SQLite's RETURNING omits table names.
    own = select(Address.id).where(Address.resident_id == resident_id)
    return Consultation.id.in_(select(UsedAddress.consultation_id).where(UsedAddress.address_id.in_(own)))


def is_unmarked(consultation_id: int) -> ColumnElement[bool]:
    """Return the SQL condition that the `Address` of a query is not marked in this consultation."""
    return ~exists().where(UsedAddress.consultation_id == consultation_id, UsedAddress.address_id == Address.id)


async def holders(session: AsyncSession) -> set[int]:
    """Return the ids of residents with a marked address. If one is erased, the hash of that address must be kept."""
    query = select(Address.resident_id).join(UsedAddress, UsedAddress.address_id == Address.id)
    return set(await session.scalars(query))


async def forget(session: AsyncSession, consultation_id: int) -> None:
    """Delete the marks of a consultation that closes."""
    await session.execute(delete(UsedAddress).where(UsedAddress.consultation_id == consultation_id))
