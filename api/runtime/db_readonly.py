"""A second, read-only database engine for public pages, with a few connections of its own."""

from __future__ import annotations

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

_MOST = 3  # connections
_WAIT = 2.0  # seconds that a page waits for a connection, or for SQLite's lock


def engine(url: str) -> AsyncEngine:
    """Create the read-only engine. It connects on first use. Each transaction sees one snapshot of the database."""
    sqlite = url.startswith("sqlite")
    level = {} if sqlite else {"isolation_level": "REPEATABLE READ"}
    read_only = create_async_engine(url, pool_size=_MOST, max_overflow=0, pool_timeout=_WAIT, **level)
    if sqlite:
        event.listen(read_only.sync_engine, "connect", _prepare)
    event.listen(read_only.sync_engine, "begin", _begin_in_sqlite if sqlite else _begin)
    return read_only


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("SET TRANSACTION READ ONLY")


def _begin_in_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # pysqlite must not begin transactions by itself
    cursor = connection.cursor()
    for pragma in ("query_only=ON", f"busy_timeout={int(_WAIT * 1000)}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
