"""Which revision a database's tables are at, and which is the newest: read without loading the migrations."""

from __future__ import annotations

import re
from functools import cache

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from api.db import Database
from api.settings import root

_REVISION = re.compile(r'^(revision|down_revision)\b[^=\n]*= "([^"]+)"', re.MULTILINE)


@cache
def history() -> dict[str, str]:
    """The migrations in their order: each revision with the name of its file."""
    names, after = {}, {}
    for path in (root() / "alembic" / "versions").glob("*.py"):
        found = dict(_REVISION.findall(path.read_text(encoding="utf-8")))
        names[found["revision"]] = path.stem
        after[found.get("down_revision")] = found["revision"]
    ordered: dict[str, str] = {}
    revision = after.get(None)
    while revision is not None:
        ordered[revision] = names[revision]
        revision = after.get(revision)
    return ordered


def newest() -> str:
    """The newest revision there is."""
    return list(history())[-1]


def missing(revision: str | None) -> list[str]:
    """The migrations that a database at this revision has not got, by name; none for one that is not known here."""
    known = list(history())
    if revision is not None and revision not in known:
        return []
    start = 0 if revision is None else known.index(revision) + 1
    return [history()[each] for each in known[start:]]


async def current(db: Database) -> str | None:
    """The revision a database is at; None for an empty one."""
    return await revision_of(db.engine)


async def revision_of(engine: AsyncEngine) -> str | None:
    """As `current`, of the database behind an engine."""
    async with engine.connect() as connection:
        return await connection.run_sync(_current)


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found
