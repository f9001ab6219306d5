"""Writing the ballots of a closed consultation anew, so that nothing about their rows tells a time or a person.

A database remembers more than its columns: in which order rows were written, and which were written together with a
person's. So all of them are written again, together, in the order of their receipts. The database does it by itself:
nothing of it passes through this process, however many they are.
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

from api.consultations.models import Answer, Ballot, Participation, Superseded
from api.db import table_of
from api.security.crypto import voter_token

_BALLOTS = table_of(Ballot)
_ANSWERS = table_of(Answer)
_SUPERSEDED = table_of(Superseded)


def _aside(table: Table, *more: Column[Any], name: str = "") -> Table:
    """A table of the same columns, that only this transaction sees and that is gone after it."""
    columns = (Column(each.name, each.type) for each in table.c)
    return Table(name or f"{table.name}_aside", MetaData(), *columns, *more, prefixes=["TEMPORARY"])


_BALLOTS_ASIDE = _aside(_BALLOTS)
_ANSWERS_ASIDE = _aside(_ANSWERS, Column("receipt", _BALLOTS.c.receipt.type))
_SUPERSEDED_ASIDE = _aside(_SUPERSEDED)
_UNTIED = _aside(_ANSWERS, Column("receipt", _BALLOTS.c.receipt.type), name="answers_untied")
_MOVES = Table(
    "answers_moved",
    MetaData(),
    *(Column(each.name, each.type) for each in (_ANSWERS.c.question_id, _ANSWERS.c.ballot_id)),
    Column("taker", _BALLOTS.c.id.type),
    Column("receipt", _BALLOTS.c.receipt.type),
    prefixes=["TEMPORARY"],
)
_AT_ONCE = 1000  # residents of one statement
OF_WHOM = ("channel", "language", "province", "assisted", "numbered")  # what a ballot says of its voter until closing
_ASKED, _THROUGH = "asked", "finished"  # as in `casting.py`
_ASIDE = (_BALLOTS_ASIDE, _ANSWERS_ASIDE, _SUPERSEDED_ASIDE, _UNTIED, _MOVES)


async def rewrite(session: AsyncSession, consultation_id: int, *, on: date, apart: bool = False) -> None:
    """Write all ballots of a consultation anew in the order of their receipts, without what made them somebody's.

    Their voter tokens say no more than their receipts from then on; the moment of the last change is gone, what is
    coarsely known of the voter, and what would bring back a ballot that was replaced. All were cast `on` the day of
    closing: their own day, beside that of a message to or from one person of a small province, would name who it was.

    `apart`, the answers to each question go to other ballots, at random: nothing leads from a receipt to a choice, nor
    from one choice to another. What is counted of each question stays.
    """
    connection = await session.connection()
    for table in _ASIDE:
        await connection.execute(CreateTable(table))
    await _put_aside(session, consultation_id)
    if apart:
        await _untie(session)
    await _put_back(session, on)
    for table in _ASIDE:
        await connection.execute(DropTable(table))


async def level(session: AsyncSession, consultation_id: int, *, secret: bytes | None) -> None:
    """Let all who have a ballot have taken part alike, and nobody else: to be called before the ballots are rewritten.

    How far somebody came would tell which ballot is theirs if few stopped there. Who only began, or passed over every
    question, gave no ballot, and was asked. All rows are written, also those that say so already: which were not would
    tell how far they had come. If the secret is lost, nobody knows who has a ballot: whoever began has taken part.
    """
    theirs = Participation.consultation_id == consultation_id
    came = select(Participation.resident_id).where(theirs, Participation.state != _ASKED)
    began = (await session.scalars(came)).all()
    await session.execute(update(Participation).where(theirs).values(state=_ASKED))
    for start in range(0, len(began), _AT_ONCE):
        voted = began[start : start + _AT_ONCE]
        if secret is not None:
            tokens = {voter_token(secret, each): each for each in voted}
            cast_by = select(Ballot.voter).where(Ballot.consultation_id == consultation_id, Ballot.voter.in_(tokens))
            voted = [tokens[voter] for voter in await session.scalars(cast_by)]
        through = update(Participation).where(theirs, Participation.resident_id.in_(voted)).values(state=_THROUGH)
        await session.execute(through)


async def _put_aside(session: AsyncSession, consultation_id: int) -> None:
    mine, gone = _BALLOTS.c.consultation_id == consultation_id, _SUPERSEDED.c.consultation_id == consultation_id
    held = select(*_ANSWERS.c, _BALLOTS.c.receipt).join(_BALLOTS, _BALLOTS.c.id == _ANSWERS.c.ballot_id).where(mine)
    for table, rows in (
        (_BALLOTS_ASIDE, select(*_BALLOTS.c).where(mine)),
        (_ANSWERS_ASIDE, held),
        (_SUPERSEDED_ASIDE, select(*_SUPERSEDED.c).where(gone)),
    ):
        await session.execute(insert(table).from_select([column.name for column in table.c], rows))
    await session.execute(delete(_ANSWERS).where(_ANSWERS.c.ballot_id.in_(select(_BALLOTS.c.id).where(mine))))
    await session.execute(delete(_BALLOTS).where(mine))
    await session.execute(delete(_SUPERSEDED).where(gone))


async def _untie(session: AsyncSession) -> None:
    """Set answers aside once more, those to each question with ballots drawn for them."""
    drawn, at_random = func.row_number(), func.random()
    given = select(_ANSWERS_ASIDE.c.question_id, _ANSWERS_ASIDE.c.ballot_id).distinct().subquery()
    givers = select(
        *given.c, drawn.over(partition_by=given.c.question_id, order_by=at_random).label("place")
    ).subquery()
    takers = select(
        _BALLOTS_ASIDE.c.id, _BALLOTS_ASIDE.c.receipt, drawn.over(order_by=at_random).label("place")
    ).subquery()
    moves = select(givers.c.question_id, givers.c.ballot_id, takers.c.id, takers.c.receipt).join(
        takers, takers.c.place == givers.c.place
    )
    await session.execute(insert(_MOVES).from_select(_MOVES.c.keys(), moves))
    held, moved = _ANSWERS_ASIDE.c, _MOVES.c
    there = and_(moved.question_id == held.question_id, moved.ballot_id == held.ballot_id)
    untied = select(moved.taker, held.question_id, held.rank, held.value, moved.receipt).join(_MOVES, there)
    await session.execute(insert(_UNTIED).from_select(_UNTIED.c.keys(), untied.select_from(_ANSWERS_ASIDE)))
    await session.execute(delete(_ANSWERS_ASIDE))
    await session.execute(insert(_ANSWERS_ASIDE).from_select(_ANSWERS_ASIDE.c.keys(), select(_UNTIED)))


async def _put_back(session: AsyncSession, on: date) -> None:
    nameless = {
        "voter": cast(_BALLOTS_ASIDE.c.receipt, LargeBinary),
        **{name: null() for name in ("changed_at", "agent", *OF_WHOM)},
        "cast_on": literal(on, _BALLOTS.c.cast_on.type),
    }
    ballots = select(*(nameless.get(each.name, each) for each in _BALLOTS_ASIDE.c)).order_by(_BALLOTS_ASIDE.c.receipt)
    values = _ANSWERS_ASIDE.c
    answers = select(*(values[each.name] for each in _ANSWERS.c)).order_by(
        values.receipt, values.question_id, values.rank
    )
    bare = ("consultation_id", "receipt", "why")
    gone = select(*(_SUPERSEDED_ASIDE.c[name] for name in bare)).order_by(_SUPERSEDED_ASIDE.c.receipt)
    await session.execute(insert(_BALLOTS).from_select(_BALLOTS.c.keys(), ballots))
    await session.execute(insert(_ANSWERS).from_select(_ANSWERS.c.keys(), answers))
    await session.execute(insert(_SUPERSEDED).from_select(bare, gone))
