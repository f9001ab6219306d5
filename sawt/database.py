"""A database for the length of one command, with what can be wrong with it in words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import Database
from api.errors import Unavailable
from sawt.preconditions import Ground, look_for_folder
from sawt.settings import configured
from sawt.vault import database

T = TypeVar("T")

_AWAY = "The database cannot be reached. Try: sawt doctor"


async def with_db(work: Callable[[Database], Awaitable[T]], *, migrated: bool = True) -> T:
    """Do the work on the configured database.

    Raises Unavailable if it is away, WrongSetup if it is not there, its tables are not the newest, or the keys are
    not its own. Before it is `migrated`, nothing but its place is looked at.
    """
    settings = configured()
    db = database(settings, Ground(settings) if migrated else None)
    try:
        look_for_folder(db.engine.url)
        await _reached(db)
        return await work(db)
    except (OperationalError, OSError):
        raise Unavailable(_AWAY) from None
    finally:
        await db.close()


async def stand(_db: Database) -> None:
    """No work: whether the database can be used is all that is asked."""


async def _reached(db: Database) -> None:
    try:
        await db.verify()
    except Unavailable:
        raise Unavailable(_AWAY) from None


def take(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """What this work answers, done in one transaction on the configured database. Raises what `with_db` raises."""

    async def taken(db: Database) -> T:
        async with db.transaction() as session:
            return await work(session)

    return asyncio.run(with_db(taken))
