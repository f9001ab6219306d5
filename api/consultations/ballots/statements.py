"""Build the SQL statements that write a ballot and its answers. Each is built once for each SQL dialect."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import bindparam, or_, select

from api.consultations.models import Answer, Ballot, Consultation, PartialAnswer, Question
from api.consultations.service import is_open
from api.db import insert_in
from api.wall_time import Reached

_COLUMNS = (
    "id", "consultation_id", "voter", "receipt", "channel", "language", "province", "complete", "cast_on",
    "changed_at", "assisted", "agent", "numbered",
)  # fmt: skip


@cache
def upsert_ballot(dialect: str) -> Any:
    """Return the statement that inserts or updates a ballot. A complete ballot stays complete.

    It locks the row of the open consultation, so that closing waits. After closing, there is no open row, and nothing
    is written.
    """
    table = Ballot.__table__
    columns = {name: bindparam(name, type_=table.c[name].type) for name in _COLUMNS}
    source = (
        select(*(column.label(name) for name, column in columns.items()))
        .where(Consultation.id == columns["consultation_id"], is_open(bindparam("now", type_=Reached())))
        .with_for_update(read=True)
    )
    row = insert_in(dialect)(table).from_select(list(columns), source)
    changes = {
        name: row.excluded[name] for name in ("channel", "language", "province", "cast_on", "changed_at", "numbered")
    }
    changes["complete"] = or_(table.c.complete, row.excluded.complete)
    upserted = row.on_conflict_do_update(index_elements=("consultation_id", "voter"), set_=changes)
    return upserted.returning(table.c.id, table.c.receipt)


@cache
def upsert_answer(dialect: str) -> Any:
    """Return the statement that inserts or updates one value of an answer."""
    table = Answer.__table__
    row = insert_in(dialect)(table).values(
        {name: bindparam(name) for name in ("ballot_id", "question_id", "rank", "value")}
    )
    key = ("ballot_id", "question_id", "rank")
    return row.on_conflict_do_update(index_elements=key, set_={"value": row.excluded.value})


@cache
def upsert_partial(dialect: str) -> Any:
    """Return the statement that inserts or updates a partial answer.

    It locks the row of the open consultation, so that closing waits. After closing, nothing is written.
    """
    table = PartialAnswer.__table__
    columns = {each.name: bindparam(each.name, type_=each.type) for each in table.c}
    source = (
        select(*(column.label(name) for name, column in columns.items()))
        .select_from(Consultation)
        .join(Question, Question.consultation_id == Consultation.id)
        .where(Question.id == columns["question_id"], is_open(bindparam("now", type_=Reached())))
        .with_for_update(read=True, of=Consultation)
    )
    row = insert_in(dialect)(table).from_select(list(columns), source)
    upserted = row.on_conflict_do_update(index_elements=("voter", "question_id"), set_={"chosen": row.excluded.chosen})
    return upserted.returning(table.c.question_id)
