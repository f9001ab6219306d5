"""Rewrite the ballots of a closed consultation, so that their database rows reveal neither a time nor a person.

A database shows more than its columns: in which order rows were written, and which rows were written together with a
row about a person. So all ballots are written again at once, in the order of their receipts. The database does this
itself: no row passes through this process, however many there are.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    Column,
    LargeBinary,
    MetaData,
    Table,
    and_,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.schema import CreateTable, DropTable

from api.consultations.models import Answer, Ballot, Participation, ParticipationState, Superseded
from api.db import table_of
from api.security.crypto import voter_token

_BALLOTS = table_of(Ballot)
_ANSWERS = table_of(Answer)
_SUPERSEDED = table_of(Superseded)


def _aside(table: Table, *more: Column[Any], name: str = "") -> Table:
    """Return a temporary table like the given one, with further columns in `more`."""
    columns = (Column(each.name, each.type) for each in table.c)
    return Table(name or f"{table.name}_aside", MetaData(), *columns, *more, prefixes=["TEMPORARY"])


_BALLOTS_ASIDE = _aside(_BALLOTS)
_ANSWERS_ASIDE = _aside(_ANSWERS, Column("receipt", _BALLOTS.c.receipt.type))
_SUPERSEDED_ASIDE = _aside(_SUPERSEDED)
_SHUFFLED = _aside(_ANSWERS, Column("receipt", _BALLOTS.c.receipt.type), name="answers_shuffled")
_MOVES = Table(
    "answers_moved",
    MetaData(),
    *(Column(each.name, each.type) for each in (_ANSWERS.c.question_id, _ANSWERS.c.ballot_id)),
    Column("taker", _BALLOTS.c.id.type),
    Column("receipt", _BALLOTS.c.receipt.type),
    prefixes=["TEMPORARY"],
)
_AT_ONCE = 1000  # residents per SQL statement
VOTER_FACTS = (
    "channel",
    "language",
    "province",
    "assisted",
    "numbered",
)  # facts about the voter that a ballot has until closing
_ASIDE = (_BALLOTS_ASIDE, _ANSWERS_ASIDE, _SUPERSEDED_ASIDE, _SHUFFLED, _MOVES)


async def rewrite(session: AsyncSession, consultation_id: int, *, on: date, apart: bool = False) -> None:
    """Rewrite all ballots of a consultation in the order of their receipts, and remove what links them to people.

    Voter tokens are replaced by receipts. The time of the last change, the facts about the voter and the encrypted
    copies of replaced ballots are removed. All ballots get the day of closing, `on`. In a small province, the day of a
    ballot could identify a person, because that person's messages have dates too.

    With `apart`, the answers to each question move to randomly chosen ballots. Then nothing links a receipt to a
    choice, or one choice to another. The counts of each question stay the same.
    """
    connection = await session.connection()
    for table in _ASIDE:
        await connection.execute(CreateTable(table))
    await _put_aside(session, consultation_id)
    if apart:
        await _shuffle(session)
    await _put_back(session, on)
    for table in _ASIDE:
        await connection.execute(DropTable(table))


async def level_participation(session: AsyncSession, consultation_id: int, *, secret: bytes | None) -> None:
    """Set the recorded progress to finished for everybody with a ballot, and to asked for everybody else.

    Call this before `rewrite`. If few people shared a recorded state, it would reveal which ballots are theirs. People
    who only began, or who skipped every question, have no ballot and are recorded as asked. Every row is written: an
    untouched row would reveal how far that person had come. If the secret is lost (None), nobody knows who has a
    ballot. Then everybody who began is recorded as finished.
    """
    of_this = Participation.consultation_id == consultation_id
    query = select(Participation.resident_id).where(of_this, Participation.state != ParticipationState.ASKED)
    began = (await session.scalars(query)).all()
    await session.execute(update(Participation).where(of_this).values(state=ParticipationState.ASKED))
    for start in range(0, len(began), _AT_ONCE):
        voted = began[start : start + _AT_ONCE]
        if secret is not None:
            tokens = {voter_token(secret, each): each for each in voted}
            cast_by = select(Ballot.voter).where(Ballot.consultation_id == consultation_id, Ballot.voter.in_(tokens))
            voted = [tokens[voter] for voter in await session.scalars(cast_by)]
        through = (
            update(Participation)
            .where(of_this, Participation.resident_id.in_(voted))
            .values(state=ParticipationState.FINISHED)
        )
        await session.execute(through)


async def _put_aside(session: AsyncSession, consultation_id: int) -> None:
    of_this = _BALLOTS.c.consultation_id == consultation_id
    superseded = _SUPERSEDED.c.consultation_id == consultation_id
    answers = (
        select(*_ANSWERS.c, _BALLOTS.c.receipt).join(_BALLOTS, _BALLOTS.c.id == _ANSWERS.c.ballot_id).where(of_this)
    )
    for table, rows in (
        (_BALLOTS_ASIDE, select(*_BALLOTS.c).where(of_this)),
        (_ANSWERS_ASIDE, answers),
        (_SUPERSEDED_ASIDE, select(*_SUPERSEDED.c).where(superseded)),
    ):
        await session.execute(insert(table).from_select([column.name for column in table.c], rows))
    await session.execute(delete(_ANSWERS).where(_ANSWERS.c.ballot_id.in_(select(_BALLOTS.c.id).where(of_this))))
    await session.execute(delete(_BALLOTS).where(of_this))
    await session.execute(delete(_SUPERSEDED).where(superseded))


async def _shuffle(session: AsyncSession) -> None:
    """Move the answers to each question, in the temporary tables, to randomly chosen ballots."""
    drawn, at_random = func.row_number(), func.random()
    answered = select(_ANSWERS_ASIDE.c.question_id, _ANSWERS_ASIDE.c.ballot_id).distinct().subquery()
    sources = select(
        *answered.c, drawn.over(partition_by=answered.c.question_id, order_by=at_random).label("place")
    ).subquery()
    targets = select(
        _BALLOTS_ASIDE.c.id, _BALLOTS_ASIDE.c.receipt, drawn.over(order_by=at_random).label("place")
    ).subquery()
    pairs = select(sources.c.question_id, sources.c.ballot_id, targets.c.id, targets.c.receipt).join(
        targets, targets.c.place == sources.c.place
    )
    await session.execute(insert(_MOVES).from_select(_MOVES.c.keys(), pairs))
    answers, moves = _ANSWERS_ASIDE.c, _MOVES.c
    same_answer = and_(moves.question_id == answers.question_id, moves.ballot_id == answers.ballot_id)
    untied = select(moves.taker, answers.question_id, answers.rank, answers.value, moves.receipt).join(
        _MOVES, same_answer
    )
    await session.execute(insert(_SHUFFLED).from_select(_SHUFFLED.c.keys(), untied.select_from(_ANSWERS_ASIDE)))
    await session.execute(delete(_ANSWERS_ASIDE))
    await session.execute(insert(_ANSWERS_ASIDE).from_select(_ANSWERS_ASIDE.c.keys(), select(_SHUFFLED)))


async def _put_back(session: AsyncSession, on: date) -> None:
    nameless = {
        "voter": cast(_BALLOTS_ASIDE.c.receipt, LargeBinary),
        **{name: null() for name in ("changed_at", "agent", *VOTER_FACTS)},
        "cast_on": literal(on, _BALLOTS.c.cast_on.type),
    }
    ballots = select(*(nameless.get(each.name, each) for each in _BALLOTS_ASIDE.c)).order_by(_BALLOTS_ASIDE.c.receipt)
    values = _ANSWERS_ASIDE.c
    answers = select(*(values[each.name] for each in _ANSWERS.c)).order_by(
        values.receipt, values.question_id, values.rank
    )
    bare = ("consultation_id", "receipt", "why")
    superseded = select(*(_SUPERSEDED_ASIDE.c[name] for name in bare)).order_by(_SUPERSEDED_ASIDE.c.receipt)
    await session.execute(insert(_BALLOTS).from_select(_BALLOTS.c.keys(), ballots))
    await session.execute(insert(_ANSWERS).from_select(_ANSWERS.c.keys(), answers))
    await session.execute(insert(_SUPERSEDED).from_select(bare, superseded))
