"""The raw bytes of a database, as anybody with the machine reads them: files, free pages, dead rows, logs."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy
from sqlalchemy import text

from tests import caretaker
from tests.world import World


async def raw(world: World) -> bytes:
    """All bytes of the world's database on disk; on PostgreSQL also the server's whole write-ahead log."""
    url = sqlalchemy.make_url(world.settings.database_url)
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        paths = sorted(file.parent.glob(f"{file.name}*"))
    else:
        async with world.db.transaction() as session:
            number = await session.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
        async with world.db.reading() as connection:
            await connection.execute(text("CHECKPOINT"))  # otherwise the newest pages are only in memory
        data = caretaker.folder() / "postgres"
        paths = [*(data / "base" / str(number)).iterdir(), *(data / "pg_wal").iterdir()]
    return b"".join(path.read_bytes() for path in paths if path.is_file())
