"""Whether the voters of a consultation need a phone number, and which ballots count where they do.

A SIM is bought with an identity card, a Telegram account with nothing. Staff choose for each consultation: `any` counts
all alike, `apart` counts those without a number apart, and `required` counts only those who have one. Nobody is turned
away: a ballot without a number is kept, and counts once its voter has linked theirs; at closing it goes.
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
NO_NUMBER = "no number"  # why a receipt counts no more

_PHONES = "sms"


async def is_known(session: AsyncSession, consultation_id: int, resident_id: int) -> bool:
    """Whether a resident is reached at a number: they wrote from it, linked it, or an app vouched for it.

    One from which a vote was cast already vouches for no other ballot of this consultation: see
    `consultations/ballots/used_addresses.py`.
    """
    theirs = (Address.resident_id == resident_id, Address.channel == _PHONES, Address.sealed != b"")
    found = select(Address.id).where(*theirs, used_addresses.free(consultation_id)).limit(1)
    return await session.scalar(found) is not None


async def numbered(session: AsyncSession, consultation: Consultation, *, resident_id: int) -> bool:
    """Whether a ballot cast now is one with a number, as far as this consultation asks."""
    return consultation.numbers == ANY or await is_known(session, consultation.id, resident_id)


async def weigh(session: AsyncSession, *resident_ids: int, now: datetime) -> None:
    """See anew whether the ballots of these residents have a number: their addresses came or went.

    Those that begin to count, or to count no more, changed now: readings hold back the latest.
    """
    if await session.scalar(select(Consultation.id).where(Consultation.numbers != ANY).limit(1)) is None:
        return
    for each in await secrecy.held(session, locked=True):
        if each.numbers == ANY:
            continue
        secret = secrecy.known_secret_of(session, each)
        for resident_id in resident_ids if secret is not None else ():
            mine = (Ballot.consultation_id == each.id, Ballot.voter == voter_token(secret or b"", resident_id))
            known = await is_known(session, each.id, resident_id)
            await session.execute(
                update(Ballot).where(*mine, Ballot.numbered.is_(not known)).values(numbered=known, changed_at=now)
            )


async def drop(session: AsyncSession, consultation: Consultation) -> None:
    """Let the ballots go that wait for a number, of a consultation that closes and asks for one: receipts say so."""
    if consultation.numbers != REQUIRED:
        return
    waiting = and_(Ballot.consultation_id == consultation.id, Ballot.numbered.is_(False))
    gone = select(Ballot.consultation_id, Ballot.receipt, literal(NO_NUMBER)).where(waiting)
    await session.execute(insert(Superseded).from_select(("consultation_id", "receipt", "why"), gone))
    await session.execute(delete(Answer).where(Answer.ballot_id.in_(select(Ballot.id).where(waiting))))
    await session.execute(delete(Ballot).where(waiting))


def counts_in(consultation_id: int) -> ColumnElement[bool]:
    """The condition that a ballot is of this consultation and counts."""
    asks = select(Consultation.id).where(Consultation.id == consultation_id, Consultation.numbers == REQUIRED)
    return and_(Ballot.consultation_id == consultation_id, or_(Ballot.numbered.is_not(False), ~asks.exists()))
