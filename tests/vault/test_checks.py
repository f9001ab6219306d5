"""`sawt doctor` reports what closing cannot remove from a PostgreSQL database, for whatever role the service has."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import sqlalchemy
from sqlalchemy import text

from api.background import after_closing
from api.db import Database
from sawt.doctor.scrub_checks import check_traces
from tests.world import World

RIGHTS = {
    "GRANT pg_checkpoint": "GRANT pg_checkpoint TO plain",
    "pg_switch_wal()": "GRANT EXECUTE ON FUNCTION pg_switch_wal() TO plain",
    "must own the tables": "ALTER TABLE {} OWNER TO plain",
    "GRANT TEMPORARY": "GRANT TEMPORARY ON DATABASE {} TO plain",
}


async def problems(db: Database) -> str:
    """The findings that are not OK."""
    return "\n".join(each.words for each in await check_traces(db) if not each.ok)


@pytest.fixture
async def plain(quiet_world: World) -> AsyncIterator[Database]:
    """The database as seen by a role without any privilege."""
    url = sqlalchemy.make_url(quiet_world.settings.database_url)
    async with quiet_world.db.transaction() as session:
        await session.execute(text("CREATE ROLE plain LOGIN"))
        await session.execute(text(f'REVOKE TEMPORARY ON DATABASE "{url.database}" FROM PUBLIC'))
    db = Database(url.set(username="plain").render_as_string(hide_password=False))
    yield db
    await db.close()
    async with quiet_world.db.transaction() as session:
        await session.execute(text(f'REASSIGN OWNED BY plain TO "{url.username}"'))
        await session.execute(text("DROP OWNED BY plain"))
        await session.execute(text("DROP ROLE plain"))


async def test_each_right_that_is_missing_is_named(quiet_world: World, plain: Database) -> None:
    database = sqlalchemy.make_url(quiet_world.settings.database_url).database
    for name, grant in RIGHTS.items():
        assert name in await problems(plain)
        targets = ("ballots", "answers", "deliveries") if "TABLE" in grant else (f'"{database}"',)
        async with quiet_world.db.transaction() as session:
            for target in targets:
                await session.execute(text(grant.format(target)))
        assert name not in await problems(plain)
    assert await problems(plain) == ""


async def test_what_a_server_keeps_is_named(quiet_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await problems(quiet_world.db) == ""
    monkeypatch.setattr(after_closing, "MOST_BYTES", 0)
    assert "the table of deliveries is too large" in await problems(quiet_world.db)
    async with quiet_world.db.transaction() as session:
        await session.execute(text("SELECT pg_create_physical_replication_slot('standby')"))
    try:
        assert "replication slot" in await problems(quiet_world.db)
    finally:
        async with quiet_world.db.transaction() as session:
            await session.execute(text("SELECT pg_drop_replication_slot('standby')"))
