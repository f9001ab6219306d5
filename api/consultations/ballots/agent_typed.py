"""Who typed a ballot for its voter: kept with it, sealed, until closing, so that staff can take it back.

An agent is known here by a number, and the phone they used by its place among those that held their code. Both are
sealed under the vault's key of the consultation: who reads the table cannot even tell which ballots are of one agent.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations import service
from api.consultations.ballots import partial_answers
from api.consultations.models import Answer, Ballot, Consultation, Superseded
from api.consultations.service import OPEN
from api.consultations.vault_keys import secrecy
from api.consultations.voter_numbers import counts_in
from api.errors import AnswersVoided, Conflict
from api.security.seals import seals_of
from api.suppression import FEWEST

TAKEN_BACK = "taken back"  # why a receipt counts no more

_PURPOSE = "who typed"


@dataclass(frozen=True, slots=True)
class Typist:
    """Who types: an agent, by number, and which of the phones that held their code, the first being 1."""

    agent: int
    phone: int


@dataclass(frozen=True, slots=True)
class Typed:
    """A ballot that somebody typed, by its number, and when it was changed last."""

    ballot_id: int
    receipt: str
    by: Typist
    at: datetime


def sealed(session: AsyncSession, consultation: Consultation, by: Typist) -> bytes:
    """Who types, as a ballot keeps it; the consultation's secret was used before in this transaction."""
    return secrecy.seal(session, consultation, json.dumps([by.agent, by.phone]), purpose=_PURPOSE)


async def of(session: AsyncSession, consultation: Consultation) -> Sequence[Typed]:
    """The ballots of an open consultation that agents typed. Raises KeyLost, or Unavailable."""
    secrecy.secret_of(session, consultation)
    rows = await session.execute(
        select(Ballot.id, Ballot.receipt, Ballot.agent, Ballot.changed_at).where(
            Ballot.consultation_id == consultation.id, Ballot.agent.is_not(None)
        )
    )
    seals = seals_of(session)
    return [
        Typed(number, receipt, _by(seals.decipher(by, purpose=_PURPOSE)), at)
        for number, receipt, by, at in rows
        if by is not None and at is not None
    ]


async def take_back(session: AsyncSession, code: str, *, agent: int, phone: int | None = None) -> int:
    """Let what an agent typed, on this phone or on any, count no more; returns how many ballots that are.

    Their receipts say so from then on, and nothing that is typed later for the same person brings one back. Ballots of
    before this was kept name nobody, and stay. Raises NotFound, Conflict where it is not open, KeyLost, Unavailable.
    """
    consultation = await service.locked(session, code)
    if consultation.state != OPEN:
        raise Conflict(f"{code} is {consultation.state}: only of an open one it is known who typed")
    theirs = [
        each for each in await of(session, consultation) if each.by.agent == agent and phone in (None, each.by.phone)
    ]
    for each in theirs:
        await _take(session, consultation, each.ballot_id)
    await session.flush()
    return len(theirs)


async def refuse_taken_back(session: AsyncSession, *, consultation_id: int, token: bytes) -> None:
    """Raise AnswersVoided if this voter's ballot was voided; nobody can void it until the transaction ends."""
    held = select(Consultation.id).where(Consultation.id == consultation_id).with_for_update(read=True)
    await session.execute(held)
    gone = select(Superseded.receipt).where(
        Superseded.consultation_id == consultation_id, Superseded.voter == token, Superseded.why == TAKEN_BACK
    )
    if await session.scalar(gone.limit(1)) is not None:
        raise AnswersVoided


async def keep_share(session: AsyncSession, consultation: Consultation) -> None:
    """Keep, of a consultation that closes, how many ballots agents typed: in the steps in which it is shown."""
    typed = await count(session, consultation.id)
    consultation.agents_share = at_least(typed, step=step_of(consultation))
    await session.flush()


async def count(session: AsyncSession, consultation_id: int) -> int:
    """How many ballots of a consultation were typed by agents, while it is open."""
    mine = select(func.count()).where(counts_in(consultation_id), Ballot.assisted.is_(True))
    return await session.scalar(mine) or 0


def at_least(typed: int, *, step: int = FEWEST) -> int:
    """The number of which is shown that at least so many ballots were typed: in full steps."""
    return typed - typed % step


def step_of(consultation: Consultation) -> int:
    """The step in which the share of agents is shown: that of the smallest group; 1 in demonstrations."""
    return 1 if consultation.smallest_count == 1 else max(consultation.smallest_count, FEWEST)


async def _take(session: AsyncSession, consultation: Consultation, ballot_id: int) -> None:
    await session.execute(delete(Answer).where(Answer.ballot_id == ballot_id))
    row: Any = (
        await session.execute(delete(Ballot).where(Ballot.id == ballot_id).returning(Ballot.receipt, Ballot.voter))
    ).one()
    await partial_answers.drop(session, row.voter)
    session.add(Superseded(consultation_id=consultation.id, receipt=row.receipt, why=TAKEN_BACK, voter=row.voter))


def _by(text: str) -> Typist:
    return Typist(*json.loads(text))
