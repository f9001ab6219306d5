"""Lists, a page at a time: one kind of cursor and one shape of answer, for /v1 and the command line alike.

A page goes on behind the last row of the page before (keyset, no offset): rows that are added meanwhile move nothing,
and a deep page costs what the first one does. See docs/lists.md.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from zlib import crc32

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, Select, and_, case, or_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Invalid

USUAL, MOST = 100, 500  # rows of a page

T = TypeVar("T")
S = TypeVar("S")
Value = int | str | datetime
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_LATEST = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // _MICRO  # beyond it, a time in Morocco may have no date
_SUM = 4  # bytes
_UNHOLDABLE = "22"  # the SQLSTATEs of data that does not fit
_NOT_OURS = "cursor: not one of this list; take the `next` of a page before, as it is"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page of a list is wanted: so many rows, behind those of the page that named this cursor as its `next`."""

    limit: int = USUAL
    cursor: str | None = None


FIRST_PAGE = Asked()  # the first page, of the usual size


class Page(BaseModel, Generic[T]):
    """A page of a list."""

    items: list[T]
    next: str | None = Field(description="the `cursor` of the next page; null: this is the last one")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What was read of a list, and the cursor of what follows; None at the end."""

    items: Sequence[T]
    next: str | None

    def map(self, shown: Callable[[T], S]) -> Found[S]:
        """The same rows, each as something else."""
        return Found([shown(each) for each in self.items], self.next)

    async def each(self, shown: Callable[[T], Awaitable[S]]) -> Page[S]:
        """The same, where a row has to be looked up to be shown."""
        return Page(items=[await shown(each) for each in self.items], next=self.next)

    def page(self, shown: Callable[[T], S]) -> Page[S]:
        """The same rows as /v1 answers them."""
        return Page(items=[shown(each) for each in self.items], next=self.next)


@dataclass(frozen=True, slots=True)
class Key:
    """One of the values that a list is in the order of; never null, and better one that does not change."""

    of: Any  # a column or an expression of SQL
    kind: type[Value] = int
    down: bool = False

    def beyond(self, value: Value) -> ColumnElement[bool]:
        """The condition of whatever comes later by this key alone."""
        found: ColumnElement[bool] = self.of < value if self.down else self.of > value
        return found

    @property
    def direction(self) -> ColumnElement[Any]:
        """As the order of a statement."""
        found: ColumnElement[Any] = self.of.desc() if self.down else self.of.asc()
        return found


def waiting_first(waits: ColumnElement[bool], number: Any) -> tuple[Key, Key]:
    """Keys of a work list: what waits first, the longest waiting first; then the rest, the newest first.

    So whatever waits is on the first pages, however many rows have been dealt with.
    """
    return Key(case((waits, 0), else_=1)), Key(case((waits, number), else_=-number))


class Order:
    """The order of one list in the database. `name` tells its cursors from those of others; the last key is unique."""

    def __init__(self, name: str, *keys: Key) -> None:
        self._keys = keys
        self._cursors = Cursors(name, *(key.kind for key in keys))

    async def rows(self, session: AsyncSession, wanted: Any, asked: Asked) -> Found[Any]:
        """The rows of a page; their last columns are the keys. Raises Invalid for a cursor of something else."""
        columns = [key.of.label(f"listed_by_{place}") for place, key in enumerate(self._keys)]
        wanted = wanted.add_columns(*columns).order_by(*(key.direction for key in self._keys))
        if asked.cursor is not None:
            wanted = wanted.where(self._beyond(self._cursors.read(asked.cursor)))
        try:
            found: Sequence[Any] = (await session.execute(wanted.limit(asked.limit + 1))).all()
        except DBAPIError as error:  # a number that no column holds; one of a filter fails without it
            if asked.cursor is None or not str(getattr(error.orig, "sqlstate", "")).startswith(_UNHOLDABLE):
                raise
            raise Invalid(_NOT_OURS, field="cursor") from None
        kept = found[: asked.limit]
        more = len(found) > asked.limit
        return Found(kept, self._cursors.write(kept[-1][-len(columns) :]) if more else None)

    async def read(self, session: AsyncSession, wanted: Select[T], asked: Asked) -> Found[T]:
        """A page of what is selected first. Raises Invalid for a cursor of something else."""
        return (await self.rows(session, wanted, asked)).map(_first)

    def _beyond(self, values: Sequence[Value]) -> ColumnElement[bool]:
        """Whatever comes later: at the first key that differs. Some are named equal first, so that an index serves."""
        same: list[ColumnElement[bool]] = []
        later: list[ColumnElement[bool]] = []
        for key, value in zip(self._keys, values, strict=True):
            later.append(and_(*same, key.beyond(value)))
            same.append(key.of == value)
        return or_(*later)


class Cursors:
    """The cursors of one list: where a page ended, as text. Nobody is to read them, or to make them up."""

    def __init__(self, name: str, *kinds: type[Value]) -> None:
        """`kinds` are those of the keys; `name` goes into the sum by which a cursor of another list is told."""
        self._name, self._kinds = name.encode(), kinds

    def write(self, values: Sequence[Value]) -> str:
        """Where a page ended."""
        held = json.dumps([_plain(each) for each in values], separators=(",", ":"), ensure_ascii=False).encode()
        return base64.urlsafe_b64encode(self._sum(held) + held).rstrip(b"=").decode()

    def read(self, cursor: str) -> list[Value]:
        """The values of the last row. Raises Invalid if it is none of this list's cursors."""
        try:
            data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            held = data[_SUM:]
            if data[:_SUM] != self._sum(held):
                raise ValueError
            values = [_valued(each, kind) for each, kind in zip(json.loads(held), self._kinds, strict=True)]
        except (ValueError, TypeError, OverflowError, RecursionError):
            raise Invalid(_NOT_OURS, field="cursor") from None
        return values

    def _sum(self, held: bytes) -> bytes:
        return crc32(self._name + b"\0" + held).to_bytes(_SUM, "big")


def cut(
    name: str, found: Iterable[T], asked: Asked, *, key: Callable[[T], tuple[Any, ...]], kinds: Sequence[type[Value]]
) -> Found[T]:
    """A page of a list that is known whole, in the order of its keys. Raises Invalid for a cursor of something else."""
    cursors = Cursors(name, *kinds)
    rows = sorted(found, key=key)
    if asked.cursor is not None:
        last = tuple(cursors.read(asked.cursor))
        rows = [each for each in rows if key(each) > last]
    kept = rows[: asked.limit]
    return Found(kept, cursors.write(key(kept[-1])) if len(rows) > asked.limit else None)


def in_order(name: str, found: Sequence[T], asked: Asked) -> Found[T]:
    """A page of what stands in one order for good, such as the rules: by place."""
    placed = cut(name, enumerate(found), asked, key=lambda each: (each[0],), kinds=(int,))
    return placed.map(lambda each: each[1])


def same(row: T) -> T:
    """A row that is shown as it is."""
    return row


def _first(row: Any) -> Any:
    return row[0]


def _plain(value: Value) -> int | str:
    return (value - _EPOCH) // _MICRO if isinstance(value, datetime) else value


def _valued(given: Any, kind: type[Value]) -> Value:
    """A value as it was. Raises ValueError, TypeError or OverflowError."""
    if kind is datetime:
        if type(given) is not int or not 0 <= given < _LATEST:
            raise ValueError
        return _EPOCH + given * _MICRO
    if type(given) is not kind or (isinstance(given, int) and abs(given) >= 2**63):  # True is no int here
        raise ValueError
    if isinstance(given, str) and "\0" in given:  # no database holds it
        raise ValueError
    found: Value = given
    return found
