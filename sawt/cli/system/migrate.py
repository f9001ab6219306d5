"""`sawt migrate`: the database's tables in their newest form."""

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
from sawt.preconditions import Ground
from sawt.settings import configured
from sawt.vault import prepare_default

_err = Printer(stderr=True)


def migrate() -> None:
    """Bring the database's tables to the newest form."""
    settings = configured()
    _make_folders(settings)
    asyncio.run(with_db(bring_up, migrated=False))
    _err.print("The tables are the newest.")
    if not settings.keys.get_secret_value():
        _err.print("SAWT_KEYS are missing. Make some with `sawt keys`, set them, and run `sawt migrate` again.")


def _make_folders(settings: Settings) -> None:
    """Make the SQLite file's folder, where only that one is missing; and the vault beside it, where none is set."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        folder = Path(url.database).absolute().parent
        if folder.parent.is_dir() and not folder.exists():
            _made(lambda: folder.mkdir(mode=0o700), folder)
            _err.print(f"The folder {folder} is made.")
        _made(lambda: prepare_default(settings), folder)


def _made(make: Callable[[], None], where: Path) -> None:
    try:
        make()
    except OSError as error:
        raise WrongSetup(f"cannot make a folder at {where}: {error.strerror}", "database") from None


async def bring_up(db: Database) -> None:
    """Migrate, and bind the database to the keys that are set. Raises WrongSetup if it is bound to others."""
    ground = Ground(configured(), keeps=True)
    await ground.look_at_older(db.engine)
    await migrations.migrate(db)
    await ground.look_at_keys(db.engine)
    async with db.transaction() as session:
        if sealed := await secrecy.seal_clear(session):
            _err.print(f"Secrets of open consultations that are sealed now, with keys in the vault: {sealed}.")
