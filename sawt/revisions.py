"""Which revision a database's tables are at, and which is the newest: read without loading the migrations."""

from __future__ import annotations

import re

from sqlalchemy import Connection, inspect, text

from api.db import Database
from api.settings import root

_REVISION = re.compile(r'^(revision|down_revision)\b[^=\n]*= "([^"]+)"', re.MULTILINE)


def newest() -> str:
    """The newest revision there is: the one that no other names as the one before it."""
    found: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for path in (root() / "alembic" / "versions").glob("*.py"):
        for name, value in _REVISION.findall(path.read_text(encoding="utf-8")):
            found[name].add(value)
    [head] = found["revision"] - found["down_revision"]
    return head


async def current(db: Database) -> str | None:
    """The revision a database is at; None for an empty one."""
    async with db.engine.connect() as connection:
        return await connection.run_sync(_current)


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found
