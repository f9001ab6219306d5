"""A database as it was at an older revision: rows put into the tables of then, and the way back down."""

from __future__ import annotations

from typing import Any

from alembic import command
from sqlalchemy import Connection, MetaData, Table, insert

from api.db import Database
from sawt.migrate import alembic_config


async def fill(db: Database, **given: dict[str, Any]) -> None:
    """One row in each of these tables, with the columns they have now."""
    async with db.engine.begin() as connection:
        for name, row in given.items():
            table = await connection.run_sync(lambda found, name=name: Table(name, MetaData(), autoload_with=found))
            await connection.execute(insert(table).values(row))


async def undo(db: Database, revision: str) -> None:
    """Downgrade to a revision; "base" is before the first."""

    def downgrade(connection: Connection) -> None:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, revision)

    async with db.engine.begin() as connection:
        await connection.run_sync(downgrade)
