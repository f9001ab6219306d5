"""The database: engines, transactions, and differences between SQLite and PostgreSQL. Only this module commits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, Connection, DateTime, Dialect, Integer, MetaData, Table, TypeDecorator, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry

from api.errors import Invalid, SawtError, Unavailable, WrongSetup
from api.runtime import db_readonly, sqlite_connection, sqlite_turns, wakeup_transport
from api.runtime.supervisor import Note, ignore
from api.runtime.wakeups import Wakeups, pending, wakes

Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite autoincrements only INTEGER PRIMARY KEY
# PostgreSQL error classes worth a retry: connections, lost races, resources, interventions, locks, a read-only server.
_TRANSIENT = ("08", "40", "53", "57P", "55P03", "25006")
_DATA_ERRORS = ("22000", "22003", "22001", "22021", "22P05")  # a number out of range, a text too long, a NUL in a text
_OUT_OF_RANGE = "a number or text is out of range"
_REFUSED = {  # PostgreSQL error classes of failed authorization and unknown databases
    "28": "PostgreSQL refused the user name or the password in SAWT_DATABASE_URL",
    "3D": (
        "PostgreSQL has no database with the name in SAWT_DATABASE_URL: create the database, then run 'sawt migrate'"
    ),
}
_READS, _WAKES = "sawt_reads", "sawt_wakes"  # `info` keys: read-only; topics that a transaction wakes
_PATIENCE = 10.0  # seconds that open transactions may take to finish at shutdown
# Deleted data is overwritten, and the log is truncated at each checkpoint: see docs/receipts.md.
_PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "journal_size_limit=0",
    f"busy_timeout={sqlite_turns.BUSY_TIMEOUT}",
)  # fmt: skip
Json = JSON().with_variant(postgresql.JSONB(), "postgresql")


# Checks a database before its first use. Raises WrongSetup if it, its schema or the keys are wrong.
Guard = Callable[[AsyncEngine], Awaitable[None]]


class Moment(TypeDecorator[datetime]):
    """A column type for points in time in UTC, always with a time zone, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC. Raises ValueError for a time without a zone, which would be ambiguous."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the datetime has no time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the time with its zone (UTC), which SQLite does not store."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Base(DeclarativeBase):
    """The base class of all tables, with constraint names that migrations can refer to."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def table_of(model: type[Base]) -> Table:
    """Return the table behind a model class. Statements on the table handle plain rows, not objects of the model."""
    return cast(Table, model.__table__)


class _Session(Session):
    """A session that notes which waiting tasks must be woken after its writes."""


@event.listens_for(_Session, "after_begin")
def _share(session: Session, _transaction: object, connection: Connection) -> None:
    connection.info[_WAKES] = pending(session.info)


class Database:
    """One database, shared by all parts of a process. Close it when the process ends."""

    def __init__(
        self, url: str, *, pool_size: int = 8, info: Mapping[str, Any] | None = None, guard: Guard | None = None
    ) -> None:
        """Use the database at `url`: sqlite+aiosqlite:///FILE or postgresql+asyncpg://…

        Every session carries `info`. Nothing is read or written before `guard` has checked the database.
        """
        self._guard, self._guarded, self._guarding = guard, guard is None, asyncio.Lock()
        self.engine = _engine(url, pool_size)
        self.wakeups = Wakeups()
        file = self.engine.url.database if self.engine.dialect.name == "sqlite" else None
        self._stamp = wakeup_transport.Stamp(file) if file else None
        alone = {_READS: True} if self.engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
        self._reader = self.engine.execution_options(**alone)
        self._viewer = db_readonly.engine(url)
        self._view = async_sessionmaker(self._viewer, expire_on_commit=False, autoflush=False)
        self._session = async_sessionmaker(
            self.engine, expire_on_commit=False, autoflush=False, sync_session_class=_Session, info=dict(info or {})
        )
        self._open = 0
        self._ended = asyncio.Event()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Run a block in a transaction: commit at its end, roll back on an error. Then wake waiting tasks.

        Raises Unavailable if the database is locked or unreachable, and Invalid if a number or text does not fit its
        column.
        """
        async with self._in_use():
            async with self._session() as session, session.begin():
                yield session
                await session.flush()
                topics = pending(session.info)
                if topics and self.engine.dialect.name == "postgresql":
                    await wakeup_transport.notify(session, self.wakeups, topics)
            self._announce(topics)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Provide a connection for single reads. It blocks no other connection, not even a writer on SQLite.

        Raises the same errors as `transaction`.
        """
        async with self._in_use(), self._reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def viewing(self) -> AsyncIterator[AsyncSession]:
        """Provide a read-only session for public pages. All its reads see the database in the same state.

        A separate small pool keeps many readers from slowing the service down. If all its connections
        are in use, raises Unavailable after a short wait. Otherwise raises the same errors as `transaction`.
        """
        async with self._in_use(), self._view() as session, session.begin():
            yield session

    async def verify(self) -> None:
        """Check that the database can be used. Raises WrongSetup if an operator must act, otherwise Unavailable."""
        async with _translated_errors():
            if self._guard is None:
                async with self.engine.connect():
                    return
            await self._guard(self.engine)
            self._guarded = True

    async def listen(self, note: Note = ignore) -> None:
        """Wake tasks of this process whenever another process commits, until cancelled. `note` receives failures."""
        if self._stamp is not None:
            await self._stamp.watch(self.wakeups)
        elif self.engine.dialect.name == "postgresql":
            await wakeup_transport.listen(self.engine.url, self.wakeups, note)

    def _announce(self, topics: set[str]) -> None:
        self.wakeups.ring(topics)
        if topics and self._stamp is not None:
            self._stamp.touch()

    @asynccontextmanager
    async def _in_use(self) -> AsyncIterator[None]:
        """Convert database errors within the block, and let `close` wait for its end."""
        self._open += 1
        try:
            async with _translated_errors():
                await self._verify_once()
                yield
        finally:
            self._open -= 1
            self._ended.set()

    async def _verify_once(self) -> None:
        if not self._guarded:
            async with self._guarding:
                if not self._guarded:
                    await self.verify()

    async def close(self) -> None:
        """Close every connection, after waiting a while for open transactions."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while self._open:
                    self._ended.clear()
                    await self._ended.wait()
        await self.engine.dispose()
        await self._viewer.dispose()


@asynccontextmanager
async def _translated_errors() -> AsyncIterator[None]:
    """Convert database errors within the block to errors that callers can act on."""
    try:
        yield
    except SawtError:
        raise
    except Exception as error:
        translated = _translate(error)
        if translated is None:
            raise
        raise translated from error


def dialect(session: AsyncSession) -> str:
    """Return the type of the database in use: "sqlite" or "postgresql"."""
    return session.get_bind().dialect.name


def insert_in(dialect: str) -> Any:
    """Return the `insert` function that supports ON CONFLICT for "sqlite" or "postgresql".

    SQLAlchemy has a separate function for each database. Frequent statements are built once for each, without a
    session, because building takes longer than running.
    """
    return postgresql.insert if dialect == "postgresql" else sqlite.insert


def insert(session: AsyncSession) -> Any:
    """Return the `insert` function that supports ON CONFLICT for the session's database."""
    return insert_in(dialect(session))


def _translate(error: Exception) -> SawtError | None:
    """Return the error that callers can act on; None if the error is a bug in the service."""
    state = getattr(error, "sqlstate", None) or getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    if state[:2] in _REFUSED:
        return WrongSetup(_REFUSED[state[:2]], "database")
    if isinstance(error, (OperationalError, InterfaceError, PoolTimeout, OSError)) or _is_transient(error, state):
        return Unavailable()
    if state in _DATA_ERRORS or isinstance(error, OverflowError):  # SQLite raises OverflowError for a huge integer
        return Invalid(_OUT_OF_RANGE)
    return None


def _is_transient(error: Exception, state: str) -> bool:
    """Return whether a database error is temporary, so that a retry may succeed."""
    if not isinstance(error, DBAPIError):  # raised by the driver if no connection could be made
        # the server is away, starting, stopping, full, or busy with the same rows
        return state.startswith(_TRANSIENT)
    no_connection = error.statement is None and not isinstance(error, IntegrityError)
    return error.connection_invalidated or no_connection or state.startswith(_TRANSIENT)


def _engine(url: str, pool_size: int) -> AsyncEngine:
    if not url.startswith("sqlite"):
        engine = create_async_engine(url, pool_size=pool_size, max_overflow=0, pool_timeout=10, pool_pre_ping=False)
    else:
        # One connection: SQLite has one writer, and waiting in our queue is fairer and faster than its busy handler.
        creator = sqlite_connection.creator(make_url(url).database or "")
        engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=10, async_creator=creator)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "before_execute", _note_topic)
    return engine


def _note_topic(connection: Connection, statement: Any, *_rest: object) -> None:
    """After a write to a table, note which tasks must be woken."""
    table = statement.table if getattr(statement, "is_dml", False) else None
    if isinstance(table, Table) and (topic := wakes(table)) and _WAKES in connection.info:
        connection.info[_WAKES].add(topic)


def _begin_sqlite(connection: Connection) -> None:
    if _READS not in connection.get_execution_options():
        sqlite_turns.begin(connection)


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # pysqlite must not begin transactions itself
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
