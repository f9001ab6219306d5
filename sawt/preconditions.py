"""What must hold before a database is used: it is there, its tables are the newest, and the keys are its own."""

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
    "SAWT_KEYS are not the keys of this database: with others nobody would be known again. "
    "Put back the keys it was begun with"
)
_SAMPLE = 20  # addresses that are tried, where no value was sealed yet
_PURPOSE = "address"  # as api/residents seals them


class Ground:
    """Looks at a database for one process: the guard of `api.db.Database`."""

    def __init__(self, settings: Settings, *, keeps: bool = False) -> None:
        """`keeps`: seal a check value where there is none yet, as `sawt migrate` and a service do."""
        self._settings, self._keeps = settings, keeps
        self._stood = False

    async def __call__(self, engine: AsyncEngine) -> None:
        """Raise WrongSetup if something does not hold."""
        look_for_folder(engine.url)
        _look_for_file(engine)
        found = await revision_of(engine)
        if found != newest():
            self._refuse_tables(found)
        await self.look_at_keys(engine)
        self._stood = True

    def _refuse_tables(self, found: str | None) -> None:
        """A newer release may migrate beside a service that runs, and the service goes on meanwhile."""
        names = missing(found)
        if names:
            raise WrongSetup(words_of(found, names), "schema")
        if not self._stood:
            words = f"The tables are at {found}, which this release does not know: it is older than they are"
            raise WrongSetup(words, "schema")

    async def look_at_older(self, engine: AsyncEngine) -> None:
        """Raise WrongSetup if the keys are others, as far as tables of any age tell: nothing is migrated then."""
        text = self._settings.keys.get_secret_value()
        if not text or not is_there(engine.url):
            return
        keyring = Keyring.parse(text)
        async with engine.connect() as connection:
            tables = set(await connection.run_sync(lambda found: inspect(found).get_table_names()))
            async with AsyncSession(connection) as session:
                fits = await key_check.fits(session, keyring) if "key_checks" in tables else None
                if fits is None and "addresses" in tables:
                    fits = await _opens_addresses(session, keyring)
        if fits is False:
            raise WrongSetup(_KEYS, "keys")

    async def look_at_keys(self, engine: AsyncEngine) -> None:
        """Raise WrongSetup if the keys are others. Commands that need no keys run without any."""
        text = self._settings.keys.get_secret_value()
        if not text:
            return
        keyring = Keyring.parse(text)
        async with engine.begin() as connection, AsyncSession(connection) as session:
            fits = await key_check.fits(session, keyring)
            if fits is False or (fits is None and not await _opens_addresses(session, keyring)):
                raise WrongSetup(_KEYS, "keys")
            if self._keeps:
                await key_check.bind(session, keyring)


def words_of(found: str | None, names: list[str]) -> str:
    """That migrations are missing, and which."""
    if found is None:
        return "The database has no tables. Run: sawt migrate"
    return f"The database schema is out of date: it is at {found}, without {', '.join(names)}. Run: sawt migrate"


def look_for_folder(url: URL) -> None:
    """Raise WrongSetup if the folder of an SQLite file is not there."""
    file = url.database
    if url.get_backend_name() == "sqlite" and file and not Path(file).absolute().parent.is_dir():
        folder = Path(file).absolute().parent
        way = ". Run: sawt migrate" if folder.parent.is_dir() else ""
        raise WrongSetup(f"There is no folder {folder} for the database (SAWT_DATABASE_URL){way}", "database")


def is_there(url: URL) -> bool:
    """Whether an SQLite file is there: opening it would make an empty one. A server is asked when it is used."""
    return url.get_backend_name() != "sqlite" or not url.database or Path(url.database).exists()


def _look_for_file(engine: AsyncEngine) -> None:
    """Raise WrongSetup if there is no SQLite file: looking into it would make an empty one."""
    file = engine.url.database
    if not is_there(engine.url):
        raise WrongSetup(f"There is no database {file} (SAWT_DATABASE_URL). Run: sawt migrate", "database")


async def _opens_addresses(session: AsyncSession, keyring: Keyring) -> bool:
    """Whether the keys open what is there already; also if nothing is: then they are the first."""
    rows = await session.execute(select(Address.sealed).order_by(Address.id.desc()).limit(_SAMPLE))
    found = [sealed for (sealed,) in rows]
    return not found or any(key_check.opens(each, keyring, purpose=_PURPOSE) for each in found)
