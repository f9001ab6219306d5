"""The service that `make fuzz` asks: the demonstration's data and rehearsal network, on a free port of loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from api.runtime import logs
from api.security.crypto import Keyring
from api.settings import Settings
from sawt.compose import compose
from sawt.demo import loading
from sawt.demo import service as rehearsed
from sawt.migrate import migrate
from sawt.server.connection_limits import GuardedProtocol
from sawt.vault import database
from tests.server import free_socket, serving


@asynccontextmanager
async def demonstration(folder: Path, database_url: str = "") -> AsyncIterator[Settings]:
    """Serve the demonstration out of an empty folder while the block runs; it is given the settings.

    `database_url` is an empty database that takes the place of the usual SQLite file.
    """
    listening = free_socket()
    settings = rehearsed.demo_settings(folder, rehearsed.prepare(folder), port=listening.getsockname()[1])
    if database_url:
        settings.database_url = database_url
    logs.configure(settings.log_level)
    await _load(settings)
    app = compose(settings).app
    rehearsed.rehearse(app, settings)
    async with serving(app, listening, http=GuardedProtocol, ws="none"):
        yield settings


async def _load(settings: Settings) -> None:
    db = database(settings)
    try:
        await migrate(db)
        await loading.load(db, keyring=Keyring.parse(settings.keys.get_secret_value()))
    finally:
        await db.close()
