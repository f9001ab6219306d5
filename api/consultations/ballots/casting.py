"""Cast and change ballots: each person has one anonymous ballot per consultation, and can change it until closing."""

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

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without characters that look like others: 0 O, 1 I L, U


@dataclass(frozen=True, slots=True)
class Voter:
    """The person who casts a ballot, as a token and a few general facts. None of them identifies the voter."""

    token: bytes
    channel: str
    language: str
    province: str | None
    assisted: bool = False  # an agent typed for them
    numbered: bool = True  # has a phone number; True if the consultation does not ask for one
    agent: bytes | None = None  # which agent, encrypted: see `agent_typed.py`


def new_receipt() -> str:
    """Draw a receipt: eight random characters without look-alikes. At least one is a digit, so no receipt is a word."""
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
    """Write an answer to the voter's ballot, replacing any earlier answer to the question; return the receipt.

    `complete` marks the ballot as answered to the end. `fresh` says that the ballot has no answer to this question yet,
    which saves an SQL statement. Raises Invalid if the question does not accept the values, and NotOpen if the
    consultation takes no answers now. Raises AnswersVoided if staff took back a ballot that an agent typed for this
    voter.
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
        await session.execute(statements.upsert_answer(dialect(session)), rows[0])
    return receipt


def _ranked(question: QuestionContent, values: Sequence[str]) -> Iterable[tuple[int, str]]:
    """Return each value with its rank: its place in the answer, from 0."""
    if not question.one_by_one:
        return enumerate(values)
    # a statement's own position, so that the answer to one statement replaces no other
    return [
        (next(i for i, each in enumerate(question.options) if each.value == option_of(value)), value)
        for value in values
    ]


async def receipt_of(session: AsyncSession, *, consultation_id: int, token: bytes) -> str | None:
    """Return the receipt of the voter's ballot; None if there is no ballot."""
    receipt: str | None = await session.scalar(
        select(Ballot.receipt).where(Ballot.consultation_id == consultation_id, Ballot.voter == token)
    )
    return receipt


async def mark_complete(session: AsyncSession, *, consultation_id: int, token: bytes) -> str | None:
    """Mark the voter's ballot as complete; return its receipt, or None if there is no ballot."""
    receipt: str | None = await session.scalar(
        update(Ballot)
        .where(Ballot.consultation_id == consultation_id, Ballot.voter == token)
        .values(complete=True)
        .returning(Ballot.receipt)
    )
    return receipt


async def withdraw(session: AsyncSession, *, consultation_id: int, token: bytes, question_id: int) -> None:
    """Delete the voter's answer to a question. Delete the ballot too if it has no other answer."""
    of_voter = (Ballot.consultation_id == consultation_id, Ballot.voter == token)
    ballot_id = select(Ballot.id).where(*of_voter).scalar_subquery()
    await session.execute(delete(Answer).where(Answer.ballot_id == ballot_id, Answer.question_id == question_id))
    empty = ~exists().where(Answer.ballot_id == Ballot.id)
    await session.execute(delete(Ballot).where(*of_voter, empty).execution_options(synchronize_session=False))


async def residents_with_ballot(session: AsyncSession, resident_ids: Sequence[int]) -> list[int]:
    """Return which of these residents have a ballot in any open consultation.

    If a key is lost, return all of them.
    """
    voters: list[int] = []
    for each in await secrecy.with_secret(session) if resident_ids else ():
        secret = secrecy.known_secret_of(session, each)
        if secret is None:
            return [*resident_ids]
        tokens = {voter_token(secret, resident_id): resident_id for resident_id in resident_ids}
        votes = select(Ballot.voter).where(Ballot.consultation_id == each.id, Ballot.voter.in_(tokens))
        voters += [tokens[voter] for voter in await session.scalars(votes)]
    return voters


async def consultations_without_ballot(session: AsyncSession, resident_id: int) -> set[int]:
    """Return the ids of open consultations in which this resident has no ballot.

    If a key is lost, nobody knows who has a ballot, so that consultation is left out.
    """
    ids: set[int] = set()
    for each in await secrecy.with_secret(session):
        secret = secrecy.known_secret_of(session, each)
        if secret is None:
            continue
        own = (Ballot.consultation_id == each.id, Ballot.voter == voter_token(secret, resident_id))
        if await session.scalar(select(Ballot.id).where(*own)) is None:
            ids.add(each.id)
    return ids


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
    ballot = (await session.execute(statements.upsert_ballot(dialect(session)), {**row, "now": now})).first()
    if ballot is None:
        raise NotOpen
    return ballot.id, ballot.receipt
