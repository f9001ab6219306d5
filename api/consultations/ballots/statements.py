"""The statements that put a ballot and an answer in place, made once for each dialect."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import bindparam, or_, select

from api.consultations.models import Answer, Ballot, Consultation, Half, Question
from api.consultations.service import is_open
from api.db import insert_in
from api.wall_time import Reached

_COLUMNS = (
    "id", "consultation_id", "voter", "receipt", "channel", "language", "province", "complete", "cast_on",
    "changed_at", "assisted", "agent", "numbered",
)  # fmt: skip


@cache
def casting(dialect: str) -> Any:
    """The upsert of a ballot.

    Its row comes from a SELECT of the open consultation, locked: closing waits for it, and afterwards there is none. A
    ballot that was complete stays so.
    """
    table = Ballot.__table__
    columns = {name: bindparam(name, type_=table.c[name].type) for name in _COLUMNS}
    source = (
        select(*(column.label(name) for name, column in columns.items()))
        .where(Consultation.id == columns["consultation_id"], is_open(bindparam("now", type_=Reached())))
        .with_for_update(read=True)
    )
    made = insert_in(dialect)(table).from_select(list(columns), source)
    news = {
        name: made.excluded[name] for name in ("channel", "language", "province", "cast_on", "changed_at", "numbered")
    }
    news["complete"] = or_(table.c.complete, made.excluded.complete)
    upserted = made.on_conflict_do_update(index_elements=("consultation_id", "voter"), set_=news)
    return upserted.returning(table.c.id, table.c.receipt)


@cache
def answering(dialect: str) -> Any:
    """The upsert of the one value of an answer."""
    table = Answer.__table__
    made = insert_in(dialect)(table).values(
        {name: bindparam(name) for name in ("ballot_id", "question_id", "rank", "value")}
    )
    key = ("ballot_id", "question_id", "rank")
    return made.on_conflict_do_update(index_elements=key, set_={"value": made.excluded.value})


@cache
def halving(dialect: str) -> Any:
    """The upsert of half an answer, from the open consultation, locked, as for a ballot."""
    table = Half.__table__
    columns = {each.name: bindparam(each.name, type_=each.type) for each in table.c}
    source = (
        select(*(column.label(name) for name, column in columns.items()))
        .select_from(Consultation)
        .join(Question, Question.consultation_id == Consultation.id)
        .where(Question.id == columns["question_id"], is_open(bindparam("now", type_=Reached())))
        .with_for_update(read=True, of=Consultation)
    )
    made = insert_in(dialect)(table).from_select(list(columns), source)
    upserted = made.on_conflict_do_update(
        index_elements=("voter", "question_id"), set_={"chosen": made.excluded.chosen}
    )
    return upserted.returning(table.c.question_id)
