"""The database: engines, the one place that commits, and what differs between SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, Connection, DateTime, Dialect, Integer, MetaData, Table, TypeDecorator, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import Enum

from api import db_readonly
from api.errors import Invalid, SawtError, Unavailable, WrongSetup
from api.runtime import sqlite_turns, wakeup_transport
from api.runtime.supervisor import Note, unheard
from api.runtime.wakeups import Wakeups, pending, wakes

Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only on INTEGER PRIMARY KEY
# PostgreSQL's error classes of connections, lost races, resources and interventions; locks; a server that only reads.
_PASSING = ("08", "40", "53", "57P", "55P03", "25006")
_UNHOLDABLE = ("22000", "22003", "22001", "22021", "22P05")  # a number out of range, a text too long, a NUL in a text
_BEYOND = "there is a number or a text in it that nothing here can have"
_REFUSED = {  # PostgreSQL's error classes of who may come in, and where to
    "28": "PostgreSQL refuses the role or the password in SAWT_DATABASE_URL",
    "3D": "PostgreSQL has no database of the name in SAWT_DATABASE_URL: create it, then run 'sawt migrate'",
}
_READS, _WAKES = "sawt_reads", "sawt_wakes"  # a connection only reads; the topics its transaction wakes
_PATIENCE = 10.0  # seconds that a transaction may take to end when the process does
# What is deleted is overwritten, and the log is cut back each time it begins again: see docs/receipts.md.
_PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "journal_size_limit=0",
    f"busy_timeout={sqlite_turns.ASKED_ANEW}",
)  # fmt: skip
Json = JSON().with_variant(postgresql.JSONB(), "postgresql")


# Looks at a database before it is used. Raises WrongSetup if it, its tables or the keys do not fit.
Guard = Callable[[AsyncEngine], Awaitable[None]]


class Moment(TypeDecorator[datetime]):
    """A point in time, always with its zone (UTC), on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone: it would mean different moments on two machines."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """SQLite keeps no zone: what was written was UTC."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def enum_type(kind: type[StrEnum], length: int) -> Enum:
    """A VARCHAR that holds an enumeration's values and is read as its members."""
    return Enum(
        kind, native_enum=False, length=length, values_callable=lambda members: [each.value for each in members]
    )


class Base(DeclarativeBase):
    """The base of all tables, with constraint names that migrations can speak of."""

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
    """The table of a model, for statements on rows that no object stands for."""
    return cast(Table, model.__table__)


class _Session(Session):
    """A session whose connection knows what the session is to wake: writes are noticed there, whoever makes them."""


@event.listens_for(_Session, "after_begin")
def _share(session: Session, _transaction: object, connection: Connection) -> None:
    connection.info[_WAKES] = pending(session.info)


class Database:
    """One database, shared by every part of a process. Close it when the process ends."""

    def __init__(
        self, url: str, *, pool_size: int = 8, info: Mapping[str, Any] | None = None, guard: Guard | None = None
    ) -> None:
        """`url` is sqlite+aiosqlite:///FILE or postgresql+asyncpg://…; every session carries `info`.

        Nothing is read or written before the `guard` has found the database to be in order.
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
        """One unit of work: committed at the end, undone if anything is raised. Then whoever it wakes is woken.

        Raises Unavailable where the database is locked or away, so that a front door can ask for a retry; Invalid where
        something was asked for by a number or a text that no row can hold.
        """
        async with self._in_hand():
            async with self._session() as session, session.begin():
                yield session
                await session.flush()
                topics = pending(session.info)
                if topics and self.engine.dialect.name == "postgresql":
                    await wakeup_transport.notify(session, self.wakeups, topics)
            self._announce(topics)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """For statements that only read, each for itself: nobody waits for them, on SQLite not even who writes.

        Raises as `transaction` does.
        """
        async with self._in_hand(), self._reader.connect() as connection:
            yield connection

    @asynccontextmanager
    async def viewing(self) -> AsyncIterator[AsyncSession]:
        """A session for pages that anybody may ask for: it sees one state of the database, and writes nothing.

        Its connections are its own and few, so that a crowd of readers holds up nobody who answers. Raises as
        `transaction` does, Unavailable soon where all are taken.
        """
        async with self._in_hand(), self._view() as session, session.begin():
            yield session

    async def verify(self) -> None:
        """Look whether it can be used. Raises WrongSetup if an operator must act, Unavailable if it is away."""
        async with _named():
            if self._guard is None:
                async with self.engine.connect():
                    return
            await self._guard(self.engine)
            self._guarded = True

    async def hear(self, note: Note = unheard) -> None:
        """Wake this process's sleepers at what other processes commit, until cancelled; `note` is told of failures."""
        if self._stamp is not None:
            await self._stamp.watch(self.wakeups)
        elif self.engine.dialect.name == "postgresql":
            await wakeup_transport.listen(self.engine.url, self.wakeups, note)

    def _announce(self, topics: set[str]) -> None:
        self.wakeups.ring(topics)
        if topics and self._stamp is not None:
            self._stamp.touch()

    @asynccontextmanager
    async def _in_hand(self) -> AsyncIterator[None]:
        """Say of what the database raises what it means; `close` waits for whoever is within."""
        self._open += 1
        try:
            async with _named():
                await self._look_first()
                yield
        finally:
            self._open -= 1
            self._ended.set()

    async def _look_first(self) -> None:
        if not self._guarded:
            async with self._guarding:
                if not self._guarded:
                    await self.verify()

    async def close(self) -> None:
        """Give back every connection, once what is under way has given back its own; that is waited for a while."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while self._open:
                    self._ended.clear()
                    await self._ended.wait()
        await self.engine.dispose()
        await self._viewer.dispose()


@asynccontextmanager
async def _named() -> AsyncIterator[None]:
    """Say of what the database raises what it means."""
    try:
        yield
    except SawtError:
        raise
    except Exception as error:
        meaning = _meaning(error)
        if meaning is None:
            raise
        raise meaning from error


def dialect(session: AsyncSession) -> str:
    """The database spoken to: "sqlite" or "postgresql"."""
    return session.get_bind().dialect.name


def insert_in(dialect: str) -> Any:
    """A dialect's `insert`, whose ON CONFLICT both databases spell alike and SQLAlchemy does not share.

    A statement of every turn is built once a dialect, with bound parameters: building costs more than running it.
    """
    return postgresql.insert if dialect == "postgresql" else sqlite.insert


def insert(session: AsyncSession) -> Any:
    """The `insert` of the session's database."""
    return insert_in(dialect(session))


def _meaning(error: Exception) -> SawtError | None:
    """What an error of the database means in words of the domain; None if it is a mistake of ours."""
    state = getattr(error, "sqlstate", None) or getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    if state[:2] in _REFUSED:
        return WrongSetup(_REFUSED[state[:2]], "database")
    if isinstance(error, (OperationalError, InterfaceError, PoolTimeout, OSError)) or _passing(error, state):
        return Unavailable()
    if state in _UNHOLDABLE or isinstance(error, OverflowError):  # SQLite's word for a number beyond its integers
        return Invalid(_BEYOND)
    return None


def _passing(error: Exception, state: str) -> bool:
    """Whether a later try may go well: the server is away, starting, ending, full, or busy with the same rows."""
    if not isinstance(error, DBAPIError):  # as the driver raises it where no connection could be made
        return state.startswith(_PASSING)
    refused = error.statement is None and not isinstance(error, IntegrityError)  # there was not even a connection
    return error.connection_invalidated or refused or state.startswith(_PASSING)


def _engine(url: str, pool_size: int) -> AsyncEngine:
    if not url.startswith("sqlite"):
        engine = create_async_engine(url, pool_size=pool_size, max_overflow=0, pool_timeout=10, pool_pre_ping=False)
    else:
        # One connection: SQLite has one writer, and waiting in our queue is fairer and quicker than its busy handler.
        engine = create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=10)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "before_execute", _notice)
    return engine


def _notice(connection: Connection, statement: Any, *_more: object) -> None:
    """Note what a write wakes, so that nobody who writes to such a table can forget it."""
    written = statement.table if getattr(statement, "is_dml", False) else None
    if isinstance(written, Table) and (topic := wakes(written)) and _WAKES in connection.info:
        connection.info[_WAKES].add(topic)


def _begin_sqlite(connection: Connection) -> None:
    if _READS not in connection.get_execution_options():
        sqlite_turns.begin(connection)


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # pysqlite must not begin transactions of its own
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
