"""Bringing a database to the newest schema, however many processes try at once."""

from __future__ import annotations

import importlib
import pkgutil

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text

import api
from api.consultations.receipts import leftovers
from api.db import Base, Database
from api.settings import root

_LOCK = 0x5A57  # an arbitrary number, the same in every process


def alembic_config() -> Config:
    """Where the migrations are."""
    config = Config()
    config.set_main_option("script_location", str(root() / "alembic"))
    return config


def metadata() -> MetaData:
    """Every table that is declared anywhere in `api`: all its modules are imported, so that none can be forgotten."""
    for found in pkgutil.walk_packages(api.__path__, "api."):
        importlib.import_module(found.name)
    return Base.metadata


async def migrate(db: Database, revision: str = "head") -> None:
    """Upgrade to a revision in one transaction: all of it, or nothing.

    With the newest tables, what older services left at the ballots of closed consultations is taken away.
    """
    async with db.engine.begin() as connection:
        await connection.run_sync(_upgrade, revision)
    if revision == "head":
        async with db.transaction() as session:
            await leftovers.anonymise_leftovers(session)


def _upgrade(connection: Connection, revision: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
