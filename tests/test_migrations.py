"""Migrations: they make the tables the models speak of, in one go or step by step, on both databases."""

from __future__ import annotations

import asyncio

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from api.campaigns import models as campaigns
from api.commitments import models as commitments
from api.consultations import models as consultations
from api.db import Base, Database
from api.dialogue import models as dialogue
from api.messages import models as messages
from api.outbox import models as outbox
from api.residents import models as residents
from sawt.migrate import alembic_config, current, migrate, newest
from tests.databases import PostgresDatabases, SqliteDatabases

MODELS = (campaigns, commitments, consultations, dialogue, messages, outbox, residents)


async def test_the_tables_are_those_of_the_models(databases: SqliteDatabases | PostgresDatabases) -> None:
    db = Database(await databases.fresh())
    async with db.engine.connect() as connection:
        differences = await connection.run_sync(
            lambda found: compare_metadata(MigrationContext.configure(found), Base.metadata)
        )
    await db.close()
    assert differences == []


async def test_migrating_twice_and_at_once_is_harmless(databases: SqliteDatabases | PostgresDatabases) -> None:
    url = await databases.empty()
    one, two = Database(url), Database(url)
    await asyncio.gather(migrate(one), migrate(two))
    assert await current(one) == newest()
    await one.close()
    await two.close()


async def test_every_migration_can_be_undone(databases: SqliteDatabases | PostgresDatabases) -> None:
    db = Database(await databases.fresh())
    async with db.engine.begin() as connection:
        await connection.run_sync(_downgrade)
    assert await current(db) is None
    await migrate(db)
    await db.close()


def _downgrade(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.downgrade(config, "base")
