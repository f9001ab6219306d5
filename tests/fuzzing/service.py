"""The service that `make fuzz` tests: the demonstration's data and rehearsal network, on a free loopback port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from api import idempotency
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

_SAME = 5  # one in five idempotency keys is passed on unchanged


class NewKeys:
    """Replaces most idempotency keys by new ones, since one repeated key would hide the routes behind it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._numbers = app, count(1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http":
            headers, number = MutableHeaders(scope=scope), next(self._numbers)
            key = headers.get(idempotency.HEADER, "").strip()
            if 0 < len(key) < 200 and number % _SAME:
                headers[idempotency.HEADER] = f"{key}-{number}"
        await self._app(scope, receive, send)


@asynccontextmanager
async def demonstration(folder: Path, database_url: str = "") -> AsyncIterator[Settings]:
    """Serve the demonstration from an empty folder during the block; yields its settings.

    `database_url` is an empty database to use instead of the SQLite file.
    """
    listening = free_socket()
    settings = rehearsed.demo_settings(folder, rehearsed.prepare(folder), port=listening.getsockname()[1])
    if database_url:
        settings.database_url = database_url
    logs.configure(settings.log_level)
    await _load(settings)
    app = compose(settings).app
    rehearsed.rehearse(app, settings)
    async with serving(NewKeys(app), listening, http=GuardedProtocol, ws="none"):
        yield settings


async def _load(settings: Settings) -> None:
    db = database(settings)
    try:
        await migrate(db)
        await loading.load(db, keyring=Keyring.parse(settings.keys.get_secret_value()))
    finally:
        await db.close()
