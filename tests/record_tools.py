"""Change the record as only an intruder with the database's rights can: past its triggers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from api.audit.alarm import RecordWatch
from api.audit.chain import GENESIS
from api.db import dialect
from tests.world import World


@asynccontextmanager
async def unprotected(session: AsyncSession, table: str = "acts") -> AsyncIterator[None]:
    """Switch the triggers of a table off while the block runs."""
    if dialect(session) == "postgresql":
        await session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield
        await session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        return
    found = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    triggers = (await session.execute(found.bindparams(table=table))).all()
    for name, _ in triggers:
        await session.execute(text(f"DROP TRIGGER {name}"))
    yield
    for _, sql in triggers:
        await (await session.connection()).exec_driver_sql(sql)


async def forget_acts(world: World) -> None:
    """Begin a new record, of which the process has verified nothing yet."""
    async with world.db.transaction() as session:
        async with unprotected(session):
            await session.execute(text("DELETE FROM acts"))
        await session.execute(text("UPDATE record_heads SET seq = 0, hash = :hash").bindparams(hash=GENESIS))
    world.service.app.state.context.readiness.look = RecordWatch(world.db).alarms
