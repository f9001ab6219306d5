"""A connection to SQLite that uses its thread for work on the database file only, and not to make cursors."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any

import aiosqlite


class SqliteConnection(aiosqlite.Connection):
    """An aiosqlite connection that makes and closes cursors without its thread.

    `aiosqlite` sends every call to a thread: three or four calls for a statement, each taking as long as a small
    statement. Cursors do not touch the file, so they are made and closed at once, unless the thread is busy with an
    earlier call.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        """Connect by calling `connector` in the thread. The connection it returns must be usable in other threads."""
        super().__init__(connector, iter_chunk_size=64)
        self._thread.daemon = True  # a process ends without waiting for it
        self._sent = self._done = 0  # each is counted in one thread only

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self._sent == self._done and _is_instant(fn):
            return fn(*args, **kwargs)
        self._sent += 1
        return await super()._execute(partial(self._count, fn), *args, **kwargs)  # type: ignore[no-untyped-call]

    def _count(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return fn(*args, **kwargs)
        finally:
            self._done += 1


def creator(file: str) -> Callable[[], SqliteConnection]:
    """Return a function that opens connections to this file, as SQLAlchemy's `async_creator` expects."""
    return lambda: SqliteConnection(partial(sqlite3.connect, file, check_same_thread=False))


def _is_instant(call: Callable[..., Any]) -> bool:
    owner = getattr(call, "__self__", None)
    name = getattr(call, "__name__", "")
    return (name == "cursor" and isinstance(owner, sqlite3.Connection)) or (
        name == "close" and isinstance(owner, sqlite3.Cursor)
    )
