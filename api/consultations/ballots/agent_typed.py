"""Record which agent typed a ballot for its voter, so that staff can take the agent's ballots back.

An agent is a person who types the answers of people who need help. Several phones may use one agent's code. A ballot
stores the number of the agent and of the phone that typed it. Until closing, both are encrypted under the
consultation's key in the vault. So the table does not even show which ballots come from the same agent.
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
from api.consultations.models import Answer, Ballot, Consultation, ConsultationState, Superseded
from api.consultations.vault_keys import secrecy
from api.consultations.voter_numbers import counts_in
from api.errors import AnswersVoided, Conflict
from api.security.seals import seals_of
from api.suppression import FEWEST

TAKEN_BACK = "taken back"  # stored as the reason why a receipt no longer counts

_PURPOSE = "who typed"


@dataclass(frozen=True, slots=True)
class Typist:
    """The agent who types a ballot (a number), and which of the agent's phones is used (counted from 1)."""

    agent: int
    phone: int


@dataclass(frozen=True, slots=True)
class Typed:
    """A ballot that an agent typed: its id, its receipt, who typed it, and when it last changed."""

    ballot_id: int
    receipt: str
    by: Typist
    at: datetime


def seal_typist(session: AsyncSession, consultation: Consultation, by: Typist) -> bytes:
    """Return the agent's number and phone, encrypted, to be stored on a ballot.

    The consultation's secret must have been read earlier in this transaction, because that loads the key.
    """
    return secrecy.seal(session, consultation, json.dumps([by.agent, by.phone]), purpose=_PURPOSE)


async def typed_ballots(session: AsyncSession, consultation: Consultation) -> Sequence[Typed]:
    """Return the ballots of an open consultation that agents typed. Raises KeyLost or Unavailable."""
    secrecy.secret_of(session, consultation)
    rows = await session.execute(
        select(Ballot.id, Ballot.receipt, Ballot.agent, Ballot.changed_at).where(
            Ballot.consultation_id == consultation.id, Ballot.agent.is_not(None)
        )
    )
    seals = seals_of(session)
    return [
        Typed(ballot_id, receipt, _typist(seals.decipher(sealed, purpose=_PURPOSE)), changed_at)
        for ballot_id, receipt, sealed, changed_at in rows
        if sealed is not None and changed_at is not None
    ]


async def take_back(session: AsyncSession, code: str, *, agent: int, phone: int | None = None) -> int:
    """Delete the ballots that an agent typed; return how many. With `phone`, only ballots typed on that phone.

    Their receipts are then shown as taken back, and no agent can type for these voters again. If an older release wrote
    a ballot without recording the agent, the ballot stays. Raises NotFound, Conflict if the consultation is not open,
    KeyLost, Unavailable.
    """
    consultation = await service.locked(session, code)
    if consultation.state != ConsultationState.OPEN:
        raise Conflict(
            f"{code} is {consultation.state}: ballots can be traced to an agent only while a consultation is open"
        )
    ballots = [
        each
        for each in await typed_ballots(session, consultation)
        if each.by.agent == agent and phone in (None, each.by.phone)
    ]
    for each in ballots:
        await _delete(session, consultation, each.ballot_id)
    await session.flush()
    return len(ballots)


async def refuse_taken_back(session: AsyncSession, *, consultation_id: int, token: bytes) -> None:
    """Raise AnswersVoided if staff took back a ballot that an agent typed for this voter.

    This locks the consultation, so that staff take back no ballot before this transaction ends.
    """
    locked = select(Consultation.id).where(Consultation.id == consultation_id).with_for_update(read=True)
    await session.execute(locked)
    taken_back = select(Superseded.receipt).where(
        Superseded.consultation_id == consultation_id, Superseded.voter == token, Superseded.why == TAKEN_BACK
    )
    if await session.scalar(taken_back.limit(1)) is not None:
        raise AnswersVoided


async def store_share(session: AsyncSession, consultation: Consultation) -> None:
    """When a consultation closes, store how many ballots agents typed, rounded down to a full step."""
    typed = await count(session, consultation.id)
    consultation.agents_share = at_least(typed, step=step_of(consultation))
    await session.flush()


async def count(session: AsyncSession, consultation_id: int) -> int:
    """Return how many ballots of an open consultation agents typed."""
    query = select(func.count()).where(counts_in(consultation_id), Ballot.assisted.is_(True))
    return await session.scalar(query) or 0


def at_least(typed: int, *, step: int = FEWEST) -> int:
    """Return the number of ballots typed by agents, rounded down to a full step."""
    return typed - typed % step


def step_of(consultation: Consultation) -> int:
    """Return the step to which the number of ballots typed by agents is rounded down before it is shown.

    It is the size of the smallest group that may be shown, or 1 in demonstrations.
    """
    return 1 if consultation.smallest_count == 1 else max(consultation.smallest_count, FEWEST)


async def _delete(session: AsyncSession, consultation: Consultation, ballot_id: int) -> None:
    await session.execute(delete(Answer).where(Answer.ballot_id == ballot_id))
    row: Any = (
        await session.execute(delete(Ballot).where(Ballot.id == ballot_id).returning(Ballot.receipt, Ballot.voter))
    ).one()
    await partial_answers.drop(session, row.voter)
    session.add(Superseded(consultation_id=consultation.id, receipt=row.receipt, why=TAKEN_BACK, voter=row.voter))


def _typist(text: str) -> Typist:
    return Typist(*json.loads(text))
