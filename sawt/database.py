"""A database for the length of one command, with what can be wrong with it in words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import Database
from api.errors import Invalid, Unavailable
from sawt.revisions import current, newest
from sawt.settings import configured
from sawt.vault import database

T = TypeVar("T")


async def with_db(work: Callable[[Database], Awaitable[T]], *, migrated: bool = True) -> T:
    """Do the work on the configured database. Raises Unavailable where it is away, Invalid where its tables are old."""
    db = database(configured())
    try:
        if migrated and await current(db) != newest():
            raise Invalid("The database has not the newest tables. Run: sawt migrate")
        return await work(db)
    except (OperationalError, OSError):
        raise Unavailable("The database cannot be reached. Try: sawt doctor") from None
    finally:
        await db.close()


def take(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """What this work answers, done in one transaction on the configured database. Raises what `with_db` raises."""

    async def taken(db: Database) -> T:
        async with db.transaction() as session:
            return await work(session)

    return asyncio.run(with_db(taken))
