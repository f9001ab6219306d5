"""The rows of any table that name a resident: handed from one to another, and back; a new table needs no word here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, UniqueConstraint, and_, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import Base
from api.residents.models import Resident

Moved = dict[str, list[list[Any]]]  # by "table.column": the keys of the rows, without that column


async def hand_over(session: AsyncSession, *, source: int, target: int) -> Moved:
    """Let every row name `target` that named `source`, but for those that would be a second of their kind.

    These stay where they are: who registered twice is registered once. Returns what was moved.
    """
    moved: Moved = {}
    for table, column in naming():
        free = [~exists(_twin(table, column, unique, target)) for unique in _uniques(table, column)]
        keys = _key(table, column)
        found = (await session.execute(select(*keys).where(column == source, *free))).all()
        if found:
            await session.execute(update(table).where(column == source, *free).values({column: target}))
            moved[f"{table.name}.{column.name}"] = [list(row) for row in found]
    return moved


async def hand_back(session: AsyncSession, *, source: int, target: int, moved: Moved) -> None:
    """Let the rows that were moved name `target` again, as far as they are still there."""
    for table, column in naming():
        for key in moved.get(f"{table.name}.{column.name}", ()):
            same = (part == value for part, value in zip(_key(table, column), key, strict=True))
            await session.execute(update(table).where(column == source, *same).values({column: target}))


def naming() -> Iterator[tuple[Table, Column[Any]]]:
    """Every column of every table that names a resident."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column is Resident.__table__.c.id for key in column.foreign_keys):
                yield table, column


def _key(table: Table, column: Column[Any]) -> list[Column[Any]]:
    return [part for part in table.primary_key.columns if part is not column]


def _uniques(table: Table, column: Column[Any]) -> Iterator[Sequence[Column[Any]]]:
    """The columns that must be unique together with this one."""
    sets = [each.columns for each in table.constraints if isinstance(each, UniqueConstraint)]
    sets += [each.columns for each in table.indexes if each.unique]
    for columns in (table.primary_key.columns, *sets):
        if column in list(columns):
            yield [part for part in columns if part is not column]


def _twin(table: Table, column: Column[Any], unique: Sequence[Column[Any]], target: int) -> Any:
    other = table.alias()
    same: list[ColumnElement[bool]] = [other.c[part.name] == part for part in unique]
    return select(other.c[column.name]).where(and_(other.c[column.name] == target, *same))
