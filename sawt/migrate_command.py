"""`sawt migrate`: the database's tables in their newest form."""

from __future__ import annotations

import asyncio

from sawt import migrate as migrations
from sawt.database import with_db
from sawt.printing import Printer

_err = Printer(stderr=True)


def migrate() -> None:
    """Bring the database's tables to the newest form."""
    asyncio.run(with_db(migrations.migrate, migrated=False))
    _err.print("The tables are the newest.")
