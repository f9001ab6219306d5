"""Upgrade a database to the newest schema, safely even if several processes try at once."""

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

_LOCK = 0x5A57  # the number of a database lock: arbitrary, but the same in every process


def alembic_config() -> Config:
    """Return Alembic's configuration, which says where the migrations are."""
    config = Config()
    config.set_main_option("script_location", str(root() / "alembic"))
    return config


def metadata() -> MetaData:
    """Return all tables declared in `api`. Every module of `api` is imported, so that no table is missing."""
    for module in pkgutil.walk_packages(api.__path__, "api."):
        importlib.import_module(module.name)
    return Base.metadata


async def migrate(db: Database, revision: str = "head") -> None:
    """Upgrade a database to a revision in one transaction: completely or not at all.

    An upgrade to the newest revision also erases facts about voters that older releases left in closed consultations.
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
