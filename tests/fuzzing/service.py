"""The service that `make fuzz` tests: the demonstration's data and rehearsal network, on a free loopback port."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import update
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import actors, clock, idempotency
from api.runtime import logs
from api.security.crypto import Keyring
from api.security.rights import of_names
from api.settings import Settings
from api.staff import sessions
from api.staff.models import Account, Grant, StaffSession
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


class Allowed:
    """Records each route of /v1 that answered with success, to compare with what a role may do."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.routes: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 300 and "route" in scope:
                self.routes.add(f"{scope['method']} {scope['route'].path.removeprefix('/v1')}")
            await send(message)

        await self._app(scope, receive, noting if scope["type"] == "http" else send)


@dataclass(frozen=True, slots=True)
class Served:
    """A running service: its settings, and what it answered with success."""

    settings: Settings
    allowed: Allowed


@asynccontextmanager
async def demonstration(folder: Path, database_url: str = "") -> AsyncIterator[Served]:
    """Serve the demonstration from an empty folder during the block.

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
    allowed = Allowed(app)
    async with serving(NewKeys(allowed), listening, http=GuardedProtocol, ws="none"):
        yield Served(settings, allowed)


async def session_of(settings: Settings, role: str, province: str) -> str:
    """The bearer token of somebody with this role in a province ("": the whole Region), with a code fresh for a day."""
    now, db = clock.now(), database(settings)
    async with db.transaction() as session:
        name = f"fuzz {role}"
        account = Account(
            name=name, shape=actors.shape_of(name), display_name=name, language="fr", made_at=now, made_by="fuzz"
        )
        session.add(account)
        await session.flush()
        session.add_all(Grant(account_id=account.id, permission=each, province=province) for each in of_names([role]))
        token = await sessions.begin(session, account.id, address="192.0.2.7", failed=0, now=now)
        await session.execute(update(StaffSession).values(factor_at=now + timedelta(days=1)))
    await db.close()
    return sessions.PREFIX + token


async def _load(settings: Settings) -> None:
    db = database(settings)
    try:
        await migrate(db)
        await loading.load(db, keyring=Keyring.parse(settings.keys.get_secret_value()))
    finally:
        await db.close()
