"""Move every row that refers to a resident to another resident, and back.

The tables are found by their foreign keys, so a new table needs no change here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, UniqueConstraint, and_, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import Base
from api.residents.models import Resident

Moved = dict[str, list[list[Any]]]  # by "table.column": the primary keys of the moved rows, without that column


async def hand_over(session: AsyncSession, *, source: int, target: int) -> Moved:
    """Make every row that refers to the resident `source` refer to `target`; return the keys of the moved rows.

    If that would break a unique constraint, a row is not moved, for example if both follow the same topic.
    """
    moved: Moved = {}
    for table, column in resident_columns():
        free = [~exists(_twin(table, column, unique, target)) for unique in _uniques(table, column)]
        keys = _key(table, column)
        rows = (await session.execute(select(*keys).where(column == source, *free))).all()
        if rows:
            await session.execute(update(table).where(column == source, *free).values({column: target}))
            moved[f"{table.name}.{column.name}"] = [list(row) for row in rows]
    return moved


async def hand_back(session: AsyncSession, *, source: int, target: int, moved: Moved) -> None:
    """Make the rows listed in `moved` refer to the resident `target` again. Rows that no longer exist are skipped."""
    for table, column in resident_columns():
        for key in moved.get(f"{table.name}.{column.name}", ()):
            same = (part == value for part, value in zip(_key(table, column), key, strict=True))
            await session.execute(update(table).where(column == source, *same).values({column: target}))


def resident_columns() -> Iterator[tuple[Table, Column[Any]]]:
    """Yield every foreign key column that refers to a resident, with its table."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is Resident.__table__.c.id for key in column.foreign_keys):
                yield table, column


def _key(table: Table, column: Column[Any]) -> list[Column[Any]]:
    return [part for part in table.primary_key.columns if part is not column]


def _uniques(table: Table, column: Column[Any]) -> Iterator[Sequence[Column[Any]]]:
    """Yield the other columns of each unique constraint or index on `column`."""
    sets = [each.columns for each in table.constraints if isinstance(each, UniqueConstraint)]
    sets += [each.columns for each in table.indexes if each.unique]
    for columns in (table.primary_key.columns, *sets):
        if column in list(columns):
            yield [part for part in columns if part is not column]


def _twin(table: Table, column: Column[Any], unique: Sequence[Column[Any]], target: int) -> Any:
    other = table.alias()
    same: list[ColumnElement[bool]] = [other.c[part.name] == part for part in unique]
    return select(other.c[column.name]).where(and_(other.c[column.name] == target, *same))
