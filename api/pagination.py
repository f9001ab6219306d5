"""Paginate lists, with the same cursors in /v1 and on the command line.

A page starts after the last row of the previous page (keyset pagination, without an offset). New rows therefore do not
shift pages, and a late page costs as much as the first. See docs/lists.md.
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

USUAL, MOST = 100, 500  # rows on a page

T = TypeVar("T")
S = TypeVar("S")
Value = int | str | datetime
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_LATEST = (datetime(9999, 1, 1, tzinfo=UTC) - _EPOCH) // _MICRO  # later times may have no date in Morocco
_SUM = 4  # bytes of the checksum
_DATA_EXCEPTION = "22"  # class of the SQLSTATEs for data that a column cannot store
_FOREIGN_CURSOR = "the cursor does not belong to this list: copy it unchanged from `next` of an earlier page"


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The page of a list to read: the one that starts after `cursor`. Without a cursor, it is the first page."""

    limit: int = USUAL
    cursor: str | None = None


FIRST_PAGE = PageRequest()  # a first page of the usual size


class Page(BaseModel, Generic[T]):
    """A page of a list, as /v1 returns it."""

    items: list[T]
    next: str | None = Field(description="The `cursor` of the next page; null on the last page.")


@dataclass(frozen=True, slots=True)
class PageRows(Generic[T]):
    """The rows of one page, and the cursor of the next page; None if this is the last."""

    items: Sequence[T]
    next: str | None

    def map(self, convert: Callable[[T], S]) -> PageRows[S]:
        """Return the page with each row converted by `convert`."""
        return PageRows([convert(row) for row in self.items], self.next)

    async def each(self, convert: Callable[[T], Awaitable[S]]) -> Page[S]:
        """Return the page as a response of /v1, with each row converted by the coroutine function `convert`."""
        return Page(items=[await convert(row) for row in self.items], next=self.next)

    def page(self, convert: Callable[[T], S]) -> Page[S]:
        """Return the page as a response of /v1, with each row converted by `convert`."""
        return Page(items=[convert(row) for row in self.items], next=self.next)


@dataclass(frozen=True, slots=True)
class Key:
    """One sort key of a list. Its values must not be null, and should not change."""

    of: Any  # a column or an SQL expression
    kind: type[Value] = int
    down: bool = False

    def beyond(self, value: Value) -> ColumnElement[bool]:
        """Return the SQL condition for rows that come after `value` in this key's order."""
        condition: ColumnElement[bool] = self.of < value if self.down else self.of > value
        return condition

    @property
    def direction(self) -> ColumnElement[Any]:
        """Return the ORDER BY expression of this key."""
        expression: ColumnElement[Any] = self.of.desc() if self.down else self.of.asc()
        return expression


def waiting_first(waits: ColumnElement[bool], number: Any) -> tuple[Key, Key]:
    """Return the sort keys of a work list: waiting rows first, the oldest first; then the others, the newest first."""
    return Key(case((waits, 0), else_=1)), Key(case((waits, number), else_=-number))


class Order:
    """The sort order of one list in the database. `name` marks the list's cursors; the last key must be unique."""

    def __init__(self, name: str, *keys: Key) -> None:
        self._keys = keys
        self._cursors = Cursors(name, *(key.kind for key in keys))

    async def rows(self, session: AsyncSession, query: Any, request: PageRequest) -> PageRows[Any]:
        """Read a page of rows whose last columns are the sort keys. Raises Invalid for another list's cursor."""
        columns = [key.of.label(f"listed_by_{place}") for place, key in enumerate(self._keys)]
        query = query.add_columns(*columns).order_by(*(key.direction for key in self._keys))
        if request.cursor is not None:
            query = query.where(self._beyond(self._cursors.read(request.cursor)))
        try:
            fetched: Sequence[Any] = (await session.execute(query.limit(request.limit + 1))).all()
        except DBAPIError as error:  # a number too large for its column; without a cursor it came from a filter
            if request.cursor is None or not str(getattr(error.orig, "sqlstate", "")).startswith(_DATA_EXCEPTION):
                raise
            raise Invalid(_FOREIGN_CURSOR, field="cursor") from None
        rows = fetched[: request.limit]
        more = len(fetched) > request.limit
        return PageRows(rows, self._cursors.write(rows[-1][-len(columns) :]) if more else None)

    async def read(self, session: AsyncSession, query: Select[T], request: PageRequest) -> PageRows[T]:
        """Read a page of a query and return only its first column. Raises Invalid for another list's cursor."""
        return (await self.rows(session, query, request)).map(_first)

    def _beyond(self, values: Sequence[Value]) -> ColumnElement[bool]:
        """Return the SQL condition for rows that come after these key values."""
        same: list[ColumnElement[bool]] = []
        later: list[ColumnElement[bool]] = []
        for key, value in zip(self._keys, values, strict=True):
            later.append(and_(*same, key.beyond(value)))
            same.append(key.of == value)
        return or_(*later)


class Cursors:
    """Writes and reads the cursors of one list. Clients must not interpret a cursor."""

    def __init__(self, name: str, *kinds: type[Value]) -> None:
        """Store the types of the sort keys. `name` is part of the checksum, which detects cursors of other lists."""
        self._name, self._kinds = name.encode(), kinds

    def write(self, values: Sequence[Value]) -> str:
        """Return the cursor that contains these key values of a page's last row."""
        content = json.dumps([_plain(each) for each in values], separators=(",", ":"), ensure_ascii=False).encode()
        return base64.urlsafe_b64encode(self._sum(content) + content).rstrip(b"=").decode()

    def read(self, cursor: str) -> list[Value]:
        """Return the key values in a cursor. Raises Invalid if the cursor does not belong to this list."""
        try:
            data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            content = data[_SUM:]
            if data[:_SUM] != self._sum(content):
                raise ValueError
            values = [_valued(each, kind) for each, kind in zip(json.loads(content), self._kinds, strict=True)]
        except (ValueError, TypeError, OverflowError, RecursionError):
            raise Invalid(_FOREIGN_CURSOR, field="cursor") from None
        return values

    def _sum(self, content: bytes) -> bytes:
        return crc32(self._name + b"\0" + content).to_bytes(_SUM, "big")


def cut(
    name: str,
    rows: Iterable[T],
    request: PageRequest,
    *,
    key: Callable[[T], tuple[Any, ...]],
    kinds: Sequence[type[Value]],
) -> PageRows[T]:
    """Sort a complete list by `key` and return one page of it. Raises Invalid for another list's cursor."""
    cursors = Cursors(name, *kinds)
    rest = sorted(rows, key=key)
    if request.cursor is not None:
        last = tuple(cursors.read(request.cursor))
        rest = [row for row in rest if key(row) > last]
    items = rest[: request.limit]
    return PageRows(items, cursors.write(key(items[-1])) if len(rest) > request.limit else None)


def in_order(name: str, rows: Sequence[T], request: PageRequest) -> PageRows[T]:
    """Return one page of a list whose order never changes, such as the rules. The cursor is a position in it."""
    numbered = cut(name, enumerate(rows), request, key=lambda pair: (pair[0],), kinds=(int,))
    return numbered.map(lambda pair: pair[1])


def unchanged(row: T) -> T:
    """Return a row unchanged. It is passed to `PageRows.page` if rows need no conversion."""
    return row


def _first(row: Any) -> Any:
    return row[0]


def _plain(value: Value) -> int | str:
    return (value - _EPOCH) // _MICRO if isinstance(value, datetime) else value


def _valued(plain: Any, kind: type[Value]) -> Value:
    """Return a key value read from JSON. Raises ValueError, TypeError or OverflowError if it is not of this kind."""
    if kind is datetime:
        if type(plain) is not int or not 0 <= plain < _LATEST:
            raise ValueError
        return _EPOCH + plain * _MICRO
    if type(plain) is not kind or (isinstance(plain, int) and abs(plain) >= 2**63):  # True is not an int here
        raise ValueError
    if isinstance(plain, str) and "\0" in plain:  # no database can store it
        raise ValueError
    value: Value = plain
    return value
