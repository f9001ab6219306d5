"""Helpers for databases at an older revision: inserts rows, and downgrades."""

from __future__ import annotations

from typing import Any

from alembic import command
from sqlalchemy import Connection, MetaData, Table, insert

from api.db import Database
from sawt.migrate import alembic_config


async def fill(db: Database, **rows: dict[str, Any]) -> None:
    """Insert one row into each of these tables, with their present columns."""
    async with db.engine.begin() as connection:
        for name, row in rows.items():
            table = await connection.run_sync(lambda sync, name=name: Table(name, MetaData(), autoload_with=sync))
            await connection.execute(insert(table).values(row))


async def undo(db: Database, revision: str) -> None:
    """Downgrade to a revision; "base" is before the first."""

    def downgrade(connection: Connection) -> None:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)

    async with db.engine.begin() as connection:
        await connection.run_sync(downgrade)
