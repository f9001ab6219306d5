"""Addresses from which a vote was cast already: whoever holds one now gets no second ballot while that vote is open.

A ballot stays with the resident who cast it. Were an address that leaves them free to vote again, one SIM would cast as
many ballots as it is linked, declared a wrong number, and linked again. So the address is marked when it leaves. What
is kept says neither whose ballot it was nor what it holds, and goes at closing.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from api.consultations.models import Ballot, Consultation, Spent
from api.consultations.vault_keys import secrecy
from api.db import insert
from api.residents.models import Address, Resident
from api.security.crypto import voter_token


async def mark(session: AsyncSession, *, resident_id: int, address_id: int) -> None:
    """Mark an address that leaves this resident, in every open consultation in which they have a ballot.

    If the key of a consultation is lost, nobody knows who has one: the address is marked. Closing waits for us.
    """
    for each in await secrecy.held(session, locked=True):
        secret = secrecy.known_secret_of(session, each)
        if secret is not None:
            mine = (Ballot.consultation_id == each.id, Ballot.voter == voter_token(secret, resident_id))
            if await session.scalar(select(Ballot.id).where(*mine)) is None:
                continue
        made = insert(session)(Spent).values(consultation_id=each.id, address_id=address_id)
        await session.execute(made.on_conflict_do_nothing())


async def follow(session: AsyncSession, *, address_id: int, to: int) -> None:
    """Let the marks of an address hold for another one, which takes its place."""
    found = select(Spent.consultation_id).where(Spent.address_id == address_id)
    for number in (await session.scalars(found)).all():
        made = insert(session)(Spent).values(consultation_id=number, address_id=to)
        await session.execute(made.on_conflict_do_nothing())


async def bars(session: AsyncSession, *, consultation_id: int, resident_id: int) -> bool:
    """Whether any address of this resident is marked: a ballot they have not cast yet is none they may cast."""
    theirs = (Spent.consultation_id == consultation_id, Address.resident_id == resident_id)
    found = select(Spent.address_id).join(Address, Address.id == Spent.address_id).where(*theirs).limit(1)
    return await session.scalar(found) is not None


def marks() -> ColumnElement[bool]:
    """Whether the resident of a query has any marked address; most have none, and need no closer look."""
    own = aliased(Address)
    return exists().where(Spent.address_id == own.id, own.resident_id == Resident.id)


def barring(resident_id: int) -> ColumnElement[bool]:
    """The condition that a consultation of a query is one that `bars` this resident."""
    # Each SELECT is of one table: what is returned of an INSERT is written without the names of tables on SQLite.
    theirs = select(Address.id).where(Address.resident_id == resident_id)
    return Consultation.id.in_(select(Spent.consultation_id).where(Spent.address_id.in_(theirs)))


def free(consultation_id: int) -> ColumnElement[bool]:
    """The condition that an address of a query is not marked in this consultation."""
    return ~exists().where(Spent.consultation_id == consultation_id, Spent.address_id == Address.id)


async def holders(session: AsyncSession) -> set[int]:
    """The residents with a marked address: its hash must be kept."""
    found = select(Address.resident_id).join(Spent, Spent.address_id == Address.id)
    return set(await session.scalars(found))


async def forget(session: AsyncSession, consultation_id: int) -> None:
    """Forget the marks of a consultation that closes."""
    await session.execute(delete(Spent).where(Spent.consultation_id == consultation_id))
