"""Checks before a database is used: it exists, its schema is up to date, and SAWT_KEYS are its keys."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, inspect, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from api.errors import WrongSetup
from api.residents.models import Address
from api.security import key_check
from api.security.crypto import Keyring
from api.settings import Settings
from sawt.revisions import missing, newest, revision_of

_KEYS = (
    "SAWT_KEYS are not the keys of this database: with other keys, the service would not recognise "
    "any resident. Restore the keys with which the database was created"
)
_SAMPLE = 20  # how many addresses to try if there is no check value yet
_PURPOSE = "address"  # the purpose with which api/residents encrypts addresses


class DatabaseGuard:
    """The checks that a process makes before it uses a database. Pass an instance to `api.db.Database` as `guard`."""

    def __init__(self, settings: Settings, *, write_check: bool = False) -> None:
        """Use these settings in the checks.

        With `write_check`, the database remembers the keys, so that later checks can compare.
        """
        self._settings, self._write_check = settings, write_check
        self._passed = False

    async def __call__(self, engine: AsyncEngine) -> None:
        """Raise WrongSetup if the database cannot be used."""
        require_folder(engine.url)
        _require_file(engine)
        revision = await revision_of(engine)
        if revision != newest():
            self._refuse_schema(revision)
        await self.check_keys(engine)
        self._passed = True

    def _refuse_schema(self, revision: str | None) -> None:
        """Raise WrongSetup if this release cannot work with the schema."""
        names = missing(revision)
        if names:
            raise WrongSetup(outdated(revision, names), "schema")
        if not self._passed:  # later, an unknown schema is fine: a newer release migrated while this service runs
            words = f"The database schema is at {revision}, which this release does not know. Install a newer release"
            raise WrongSetup(words, "schema")

    async def check_keys_before_migrating(self, engine: AsyncEngine) -> None:
        """Raise WrongSetup if SAWT_KEYS are not the keys of the database. Works with the schema of any release."""
        text = self._settings.keys.get_secret_value()
        if not text or not database_exists(engine.url):
            return
        keyring = Keyring.parse(text)
        async with engine.connect() as connection:
            tables = set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))
            async with AsyncSession(connection) as session:
                fits = await key_check.fits(session, keyring) if "key_checks" in tables else None
                if fits is None and "addresses" in tables:
                    fits = await _opens_addresses(session, keyring)
        if fits is False:
            raise WrongSetup(_KEYS, "keys")

    async def check_keys(self, engine: AsyncEngine) -> None:
        """Raise WrongSetup if SAWT_KEYS are not the keys of the database. If no keys are set, nothing is checked."""
        text = self._settings.keys.get_secret_value()
        if not text:
            return
        keyring = Keyring.parse(text)
        async with engine.begin() as connection, AsyncSession(connection) as session:
            fits = await key_check.fits(session, keyring)
            if fits is False or (fits is None and not await _opens_addresses(session, keyring)):
                raise WrongSetup(_KEYS, "keys")
            if self._write_check:
                await key_check.bind(session, keyring)


def outdated(revision: str | None, names: list[str]) -> str:
    """Return the error message for a database that lacks these migrations."""
    if revision is None:
        return "The database has no tables. Run: sawt migrate"
    return f"The database schema is out of date: it is at {revision} and lacks {', '.join(names)}. Run: sawt migrate"


def require_folder(url: URL) -> None:
    """Raise WrongSetup if the folder of an SQLite file does not exist."""
    file = url.database
    if url.get_backend_name() == "sqlite" and file and not Path(file).absolute().parent.is_dir():
        folder = Path(file).absolute().parent
        hint = ". Run: sawt migrate" if folder.parent.is_dir() else ""
        raise WrongSetup(f"The database's folder {folder} does not exist (SAWT_DATABASE_URL){hint}", "database")


def database_exists(url: URL) -> bool:
    """Return whether the SQLite file exists. For a database server, return True without asking it."""
    return url.get_backend_name() != "sqlite" or not url.database or Path(url.database).exists()


def _require_file(engine: AsyncEngine) -> None:
    """Raise WrongSetup if there is no SQLite file. Opening it would create an empty one."""
    file = engine.url.database
    if not database_exists(engine.url):
        raise WrongSetup(f"The database {file} does not exist (SAWT_DATABASE_URL). Run: sawt migrate", "database")


async def _opens_addresses(session: AsyncSession, keyring: Keyring) -> bool:
    """Return whether the keys fit the stored addresses. Without addresses, return True."""
    rows = await session.execute(select(Address.sealed).order_by(Address.id.desc()).limit(_SAMPLE))
    sealed_values = [sealed for (sealed,) in rows]
    return not sealed_values or any(key_check.opens(each, keyring, purpose=_PURPOSE) for each in sealed_values)
