"""`sawt migrate`: upgrade the database schema."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import make_url

from api.consultations.vault_keys import secrecy
from api.db import Database
from api.errors import WrongSetup
from api.settings import Settings
from sawt import migrate as migrations
from sawt.cli.printing import Printer
from sawt.database import with_db
from sawt.preconditions import DatabaseGuard
from sawt.settings import configured
from sawt.vault import prepare_default

_err = Printer(stderr=True)


def migrate() -> None:
    """Upgrade the database schema to the newest version."""
    settings = configured()
    _make_folders(settings)
    asyncio.run(with_db(upgrade, migrated=False))
    _err.print("The database schema is up to date.")
    if not settings.keys.get_secret_value():
        _err.print("SAWT_KEYS are missing. Generate them with `sawt keys`, set them, and run `sawt migrate` again.")


def _make_folders(settings: Settings) -> None:
    """Create the folder of the SQLite file if its parent exists. If no vault is set, create one next to the file."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        folder = Path(url.database).absolute().parent
        if folder.parent.is_dir() and not folder.exists():
            _create(lambda: folder.mkdir(mode=0o700), folder)
            _err.print(f"Created the folder {folder}.")
        _create(lambda: prepare_default(settings), folder)


def _create(make: Callable[[], None], where: Path) -> None:
    try:
        make()
    except OSError as error:
        raise WrongSetup(f"cannot create a folder at {where}: {error.strerror}", "database") from None


async def upgrade(db: Database) -> None:
    """Migrate the database, and record that it belongs to SAWT_KEYS. Raises WrongSetup if it belongs to other keys."""
    guard = DatabaseGuard(configured(), write_check=True)
    await guard.check_keys_before_migrating(db.engine)
    await migrations.migrate(db)
    await guard.check_keys(db.engine)
    async with db.transaction() as session:
        if sealed := await secrecy.seal_clear(session):
            _err.print(f"Sealed the secrets of {sealed} open consultations with keys in the vault.")
