"""`sawt migrate`: the database's tables in their newest form."""

from __future__ import annotations

import asyncio

from api.consultations.vault_keys import secrecy
from api.db import Database
from sawt import migrate as migrations
from sawt.cli.printing import Printer
from sawt.database import with_db
from sawt.preconditions import Ground
from sawt.settings import configured

_err = Printer(stderr=True)


def migrate() -> None:
    """Bring the database's tables to the newest form."""
    asyncio.run(with_db(bring_up, migrated=False))
    _err.print("The tables are the newest.")


async def bring_up(db: Database) -> None:
    """Migrate, and bind the database to the keys that are set. Raises WrongSetup if it is bound to others."""
    ground = Ground(configured(), keeps=True)
    await ground.look_at_older(db.engine)
    await migrations.migrate(db)
    await ground.look_at_keys(db.engine)
    async with db.transaction() as session:
        if sealed := await secrecy.seal_clear(session):
            _err.print(f"Secrets of open consultations that are sealed now, with keys in the vault: {sealed}.")
