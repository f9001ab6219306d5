"""Casting and changing a ballot: one per person and consultation, nameless, until closing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy import insert as insert_rows
from sqlalchemy.ext.asyncio import AsyncSession

from api.consultations.answers import check
from api.consultations.content import QuestionContent
from api.consultations.models import Answer, Ballot, Consultation, Participation
from api.consultations.service import is_open
from api.db import dialect, insert, insert_in
from api.errors import NotOpen

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0 O, 1 I L, U V look-alikes
_BALLOT = ("id", "consultation_id", "voter", "receipt", "channel", "language", "province", "complete", "cast_on")
ASKED, BEGUN, FINISHED = "asked", "begun", "finished"


@dataclass(frozen=True, slots=True)
class Voter:
    """Who casts, as far as a ballot may know: a token, and what is counted coarsely."""

    token: bytes
    channel: str
    language: str
    province: str | None


def new_receipt() -> str:
    """Eight characters nobody mistakes for others, drawn at random."""
    return "".join(secrets.choice(ALPHABET) for _ in range(8))


async def cast(
    session: AsyncSession,
    *,
    consultation_id: int,
    voter: Voter,
    question: QuestionContent,
    values: Sequence[str],
    now: datetime,
    complete: bool = False,
    partial: bool = False,
) -> str:
    """Put these values on the voter's ballot, in place of what it held for this question; returns the receipt.

    `partial` values come one by one and may still be too few; `complete` marks the ballot as answered to the end.
    Raises Invalid where the question does not take them, NotOpen where it is too late.
    """
    values = check(question, values, partial=partial)
    ballot_id, receipt = await _ballot(
        session, consultation_id=consultation_id, voter=voter, complete=complete, now=now
    )
    if question.several or not values:
        await session.execute(delete(Answer).where(Answer.ballot_id == ballot_id, Answer.question_id == question.id))
    rows = [
        {"ballot_id": ballot_id, "question_id": question.id, "rank": rank, "value": value}
        for rank, value in enumerate(values)
    ]
    if question.several and rows:
        await session.execute(insert_rows(Answer), rows)
    elif rows:
        await session.execute(_answering(dialect(session)), rows[0])
    return receipt


async def complete(session: AsyncSession, *, consultation_id: int, token: bytes) -> str | None:
    """Mark the voter's ballot as complete; returns its receipt, None where there is no ballot."""
    receipt: str | None = await session.scalar(
        update(Ballot)
        .where(Ballot.consultation_id == consultation_id, Ballot.voter == token)
        .values(complete=True)
        .returning(Ballot.receipt)
    )
    return receipt


async def values(session: AsyncSession, *, consultation_id: int, token: bytes, question_id: int) -> tuple[str, ...]:
    """What the voter's ballot holds for a question, in order."""
    found = await session.scalars(
        select(Answer.value)
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(Ballot.consultation_id == consultation_id, Ballot.voter == token, Answer.question_id == question_id)
        .order_by(Answer.rank)
    )
    return tuple(found)


async def progress(session: AsyncSession, *, consultation_id: int, resident_id: int, state: str) -> None:
    """Note that a resident began or finished, never what they answered."""
    made = insert(session)(Participation).values(consultation_id=consultation_id, resident_id=resident_id, state=state)
    await session.execute(
        made.on_conflict_do_update(
            index_elements=("consultation_id", "resident_id"),
            set_={"state": made.excluded.state},
            where=Participation.state.in_(_BEFORE[state]),
        )
    )


_BEFORE = {BEGUN: (ASKED,), FINISHED: (ASKED, BEGUN)}


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
    }
    found = (await session.execute(_casting(dialect(session)), {**row, "now": now})).first()
    if found is None:
        raise NotOpen
    return found.id, found.receipt


@cache
def _casting(dialect: str) -> Any:
    """The upsert of a ballot.

    Its row comes from a SELECT of the open consultation, locked: closing waits for it, and afterwards there is none. A
    ballot that was complete stays so.
    """
    table = Ballot.__table__
    columns = {name: bindparam(name, type_=table.c[name].type) for name in _BALLOT}
    source = (
        select(*(column.label(name) for name, column in columns.items()))
        .where(
            Consultation.id == columns["consultation_id"], is_open(bindparam("now", type_=Consultation.closes_at.type))
        )
        .with_for_update(read=True)
    )
    made = insert_in(dialect)(table).from_select(list(columns), source)
    news = {name: made.excluded[name] for name in ("channel", "language", "province", "cast_on")}
    news["complete"] = or_(table.c.complete, made.excluded.complete)
    upserted = made.on_conflict_do_update(index_elements=("consultation_id", "voter"), set_=news)
    return upserted.returning(table.c.id, table.c.receipt)


@cache
def _answering(dialect: str) -> Any:
    """The upsert of the one value of an answer."""
    table = Answer.__table__
    made = insert_in(dialect)(table).values(
        {name: bindparam(name) for name in ("ballot_id", "question_id", "rank", "value")}
    )
    key = ("ballot_id", "question_id", "rank")
    return made.on_conflict_do_update(index_elements=key, set_={"value": made.excluded.value})
