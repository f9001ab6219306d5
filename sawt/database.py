"""The database connection of one command, with clear errors if it cannot be used."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import Database
from api.errors import Unavailable
from sawt.preconditions import DatabaseGuard, require_folder
from sawt.settings import configured
from sawt.vault import database

T = TypeVar("T")

_AWAY = "The database cannot be reached. Try: sawt doctor"


async def with_db(work: Callable[[Database], Awaitable[T]], *, migrated: bool = True) -> T:
    """Run `work` on the configured database, and close the database afterwards.

    Raises Unavailable if the database cannot be reached. Raises WrongSetup if the database does not exist, if its
    schema is out of date, or if SAWT_KEYS are not its keys. With `migrated=False`, only the SQLite file's folder must
    exist.
    """
    settings = configured()
    db = database(settings, DatabaseGuard(settings) if migrated else None, via="cli")
    try:
        require_folder(db.engine.url)
        await _reached(db)
        return await work(db)
    except (OperationalError, OSError):
        raise Unavailable(_AWAY) from None
    finally:
        await db.close()


async def only_check(_db: Database) -> None:
    """Do nothing, so that `with_db(only_check)` only checks the database."""


async def _reached(db: Database) -> None:
    try:
        await db.verify()
    except Unavailable:
        raise Unavailable(_AWAY) from None


def transact(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Run `work` in one transaction on the configured database, and return its result.

    Raises Unavailable or WrongSetup if the database cannot be used.
    """

    async def in_transaction(db: Database) -> T:
        async with db.transaction() as session:
            return await work(session)

    return asyncio.run(with_db(in_transaction))
