"""The schema revision of a database, and the newest one. Migration files are read, but not imported."""

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
    """Return a mapping from the revision of each migration to the name of its file, oldest first."""
    names, after = {}, {}
    for path in (root() / "alembic" / "versions").glob("*.py"):
        fields = dict(_REVISION.findall(path.read_text(encoding="utf-8")))
        names[fields["revision"]] = path.stem
        after[fields.get("down_revision")] = fields["revision"]
    ordered: dict[str, str] = {}
    revision = after.get(None)
    while revision is not None:
        ordered[revision] = names[revision]
        revision = after.get(revision)
    return ordered


def newest() -> str:
    """Return the revision of the newest migration."""
    return list(history())[-1]


def missing(revision: str | None) -> list[str]:
    """Return the names of the migrations that a database at this revision lacks.

    If the revision is unknown, return an empty list.
    """
    known = list(history())
    if revision is not None and revision not in known:
        return []
    start = 0 if revision is None else known.index(revision) + 1
    return [history()[each] for each in known[start:]]


async def current(db: Database) -> str | None:
    """Return the revision of a database; None if the database is empty."""
    return await revision_of(db.engine)


async def revision_of(engine: AsyncEngine) -> str | None:
    """Return the revision of the database to which an engine connects; None if the database is empty."""
    async with engine.connect() as connection:
        return await connection.run_sync(_current)


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision
