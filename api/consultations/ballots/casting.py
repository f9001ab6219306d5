"""Casting and changing a ballot: one per person and consultation, nameless, until closing."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy import insert as insert_rows
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.answer_rules import check
from api.consultations.ballots import agent_typed, statements
from api.consultations.content import QuestionContent
from api.consultations.models import Answer, Ballot
from api.consultations.option_values import option_of
from api.consultations.vault_keys import secrecy
from api.db import dialect
from api.errors import NotOpen
from api.security.crypto import voter_token

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O, 1 I L, U V look-alikes


@dataclass(frozen=True, slots=True)
class Voter:
    """Who casts, as far as a ballot may know: a token, and what is counted coarsely."""

    token: bytes
    channel: str
    language: str
    province: str | None
    assisted: bool = False  # somebody typed for them
    numbered: bool = True  # has a phone number, as far as this is asked
    agent: bytes | None = None  # who did, sealed: see `agent_typed.py`


def new_receipt() -> str:
    """Eight characters nobody mistakes for others, drawn at random; at least one is a digit, so that none is a word."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return drawn if any(map(str.isdecimal, drawn)) else new_receipt()


async def cast(
    session: AsyncSession,
    *,
    consultation_id: int,
    voter: Voter,
    question: QuestionContent,
    values: Sequence[str],
    now: datetime,
    complete: bool = False,
    fresh: bool = False,
) -> str:
    """Put these values on the voter's ballot, in place of what it held for this question; returns the receipt.

    `complete` marks the ballot as answered to the end.
    `fresh` says that the ballot holds nothing for this question yet, which spares a statement.
    Raises Invalid if the question does not take them, NotOpen if it is too late, and AnswersVoided if staff voided what
    an agent typed for this voter.
    """
    values = check(question, values)
    if voter.assisted:
        await agent_typed.refuse_taken_back(session, consultation_id=consultation_id, token=voter.token)
    ballot_id, receipt = await _ballot(
        session, consultation_id=consultation_id, voter=voter, complete=complete, now=now
    )
    if not (fresh or question.one_by_one) and (question.several or not values):
        await session.execute(delete(Answer).where(Answer.ballot_id == ballot_id, Answer.question_id == question.id))
    rows = [
        {"ballot_id": ballot_id, "question_id": question.id, "rank": rank, "value": value}
        for rank, value in _ranked(question, values)
    ]
    if len(rows) > 1:
        await session.execute(insert_rows(Answer), rows)
    elif rows:
        await session.execute(statements.answering(dialect(session)), rows[0])
    return receipt


def _ranked(question: QuestionContent, values: Sequence[str]) -> Iterable[tuple[int, str]]:
    """The row of each value: its rank; among statements the place of its own, so that one leaves the others alone."""
    if not question.one_by_one:
        return enumerate(values)
    return [
        (next(i for i, each in enumerate(question.options) if each.value == option_of(value)), value)
        for value in values
    ]


async def receipt(session: AsyncSession, *, consultation_id: int, token: bytes) -> str | None:
    """The receipt of the voter's ballot, None where there is no ballot."""
    found: str | None = await session.scalar(
        select(Ballot.receipt).where(Ballot.consultation_id == consultation_id, Ballot.voter == token)
    )
    return found


async def complete(session: AsyncSession, *, consultation_id: int, token: bytes) -> str | None:
    """Mark the voter's ballot as complete; returns its receipt, None where there is no ballot."""
    receipt: str | None = await session.scalar(
        update(Ballot)
        .where(Ballot.consultation_id == consultation_id, Ballot.voter == token)
        .values(complete=True)
        .returning(Ballot.receipt)
    )
    return receipt


async def withdraw(session: AsyncSession, *, consultation_id: int, token: bytes, question_id: int) -> None:
    """Take the answer to a question back; a ballot that holds no other answer goes with it."""
    mine = (Ballot.consultation_id == consultation_id, Ballot.voter == token)
    theirs = select(Ballot.id).where(*mine).scalar_subquery()
    await session.execute(delete(Answer).where(Answer.ballot_id == theirs, Answer.question_id == question_id))
    empty = ~exists().where(Answer.ballot_id == Ballot.id)
    await session.execute(delete(Ballot).where(*mine, empty).execution_options(synchronize_session=False))


async def voting(session: AsyncSession, resident_ids: Sequence[int]) -> list[int]:
    """Those of these residents who have a ballot in a consultation that is not closed; if its key is lost, all."""
    found: list[int] = []
    for each in await secrecy.held(session) if resident_ids else ():
        secret = secrecy.known_secret_of(session, each)
        if secret is None:
            return [*resident_ids]
        tokens = {voter_token(secret, resident_id): resident_id for resident_id in resident_ids}
        held = select(Ballot.voter).where(Ballot.consultation_id == each.id, Ballot.voter.in_(tokens))
        found += [tokens[voter] for voter in await session.scalars(held)]
    return found


async def without(session: AsyncSession, resident_id: int) -> set[int]:
    """The consultations, of those not closed, in which this resident has no ballot; none whose key is lost."""
    found: set[int] = set()
    for each in await secrecy.held(session):
        secret = secrecy.known_secret_of(session, each)
        if secret is None:
            continue
        mine = (Ballot.consultation_id == each.id, Ballot.voter == voter_token(secret, resident_id))
        if await session.scalar(select(Ballot.id).where(*mine)) is None:
            found.add(each.id)
    return found


async def _ballot(
    session: AsyncSession, *, consultation_id: int, voter: Voter, complete: bool, now: datetime
) -> tuple[int, str]:
    row: dict[str, Any] = {
        "id": secrets.randbits(62),
        "consultation_id": consultation_id,
        "voter": voter.token,
        "receipt": new_receipt(),
        "channel": voter.channel,
        "language": voter.language,
        "province": voter.province or None,
        "complete": complete,
        "cast_on": now.date(),
        "changed_at": now,
        "assisted": voter.assisted,
        "agent": voter.agent,
        "numbered": voter.numbered,
    }
    found = (await session.execute(statements.casting(dialect(session)), {**row, "now": now})).first()
    if found is None:
        raise NotOpen
    return found.id, found.receipt
