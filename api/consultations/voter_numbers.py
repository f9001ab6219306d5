"""Decide whether voters need a phone number in a consultation, and which ballots count if they do.

A SIM card requires an identity card, a Telegram account does not. Staff choose for each consultation. `any` counts all
ballots alike. `apart` also counts ballots without a number separately. `required` counts only ballots with a number.
Nobody is turned away. If a number is required, a ballot without one is stored, and counts once the voter links a
number. Otherwise closing deletes it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, and_, delete, insert, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.ballots import used_addresses
from api.consultations.models import Answer, Ballot, Consultation, Superseded
from api.consultations.vault_keys import secrecy
from api.residents.models import Address
from api.security.crypto import voter_token

Numbers = Literal["any", "required", "apart"]

ANY, REQUIRED, APART = "any", "required", "apart"
NO_NUMBER = "no number"  # stored as the reason why a receipt no longer counts

_PHONES = "sms"


async def has_number(session: AsyncSession, consultation_id: int, resident_id: int) -> bool:
    """Whether a resident has a phone number: they wrote from it, linked it, or an app confirmed it.

    If a former owner voted from a number, it does not count: see `consultations/ballots/used_addresses.py`.
    """
    own = (Address.resident_id == resident_id, Address.channel == _PHONES, Address.sealed != b"")
    address = select(Address.id).where(*own, used_addresses.is_unmarked(consultation_id)).limit(1)
    return await session.scalar(address) is not None


async def is_numbered(session: AsyncSession, consultation: Consultation, *, resident_id: int) -> bool:
    """Whether a ballot cast now has a phone number. Always true if the consultation counts all ballots alike."""
    return consultation.numbers == ANY or await has_number(session, consultation.id, resident_id)


async def refresh(session: AsyncSession, *resident_ids: int, now: datetime) -> None:
    """Update whether the ballots of these residents have a phone number, after their addresses changed.

    A changed ballot gets a new `changed_at`, because it may start or stop counting. So snapshots hold it back, like
    other recent changes.
    """
    if await session.scalar(select(Consultation.id).where(Consultation.numbers != ANY).limit(1)) is None:
        return
    for each in await secrecy.with_secret(session, locked=True):
        if each.numbers == ANY:
            continue
        secret = secrecy.known_secret_of(session, each)
        for resident_id in resident_ids if secret is not None else ():
            own = (Ballot.consultation_id == each.id, Ballot.voter == voter_token(secret or b"", resident_id))
            known = await has_number(session, each.id, resident_id)
            await session.execute(
                update(Ballot).where(*own, Ballot.numbered.is_(not known)).values(numbered=known, changed_at=now)
            )


async def drop_unnumbered(session: AsyncSession, consultation: Consultation) -> None:
    """When a consultation that requires a phone number closes, delete the ballots without one.

    Their receipts stay, with the reason why they do not count.
    """
    if consultation.numbers != REQUIRED:
        return
    waiting = and_(Ballot.consultation_id == consultation.id, Ballot.numbered.is_(False))
    superseded = select(Ballot.consultation_id, Ballot.receipt, literal(NO_NUMBER)).where(waiting)
    await session.execute(insert(Superseded).from_select(("consultation_id", "receipt", "why"), superseded))
    await session.execute(delete(Answer).where(Answer.ballot_id.in_(select(Ballot.id).where(waiting))))
    await session.execute(delete(Ballot).where(waiting))


def counts_in(consultation_id: int) -> ColumnElement[bool]:
    """Return the SQL condition that a `Ballot` belongs to this consultation and counts."""
    asks = select(Consultation.id).where(Consultation.id == consultation_id, Consultation.numbers == REQUIRED)
    return and_(Ballot.consultation_id == consultation_id, or_(Ballot.numbered.is_not(False), ~asks.exists()))
