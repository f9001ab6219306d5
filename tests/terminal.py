"""`sawt` as signed-in staff run it, against a world without a wire."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from click.testing import Result
from sqlalchemy import select
from typer.testing import CliRunner

from api import actors
from api.security.rights import EVERYTHING, WHOLE_REGION
from api.staff import sessions
from api.staff.models import Account, Grant
from sawt.__main__ import cli
from sawt.cli import login_file, service
from tests.world import World


class InProcess(httpx.BaseTransport):
    """Takes requests of a command, which runs in a thread, to an application in the loop of a test."""

    def __init__(self, app: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._to, self._loop = httpx.ASGITransport(app, raise_app_exceptions=False), loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the application's answer."""
        return asyncio.run_coroutine_threadsafe(self._answer(request), self._loop).result()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._to.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


class Terminal:
    """Runs commands in the name of staff. Each name has an account with every right and a session with a fresh code."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self._world, self._patch = world, monkeypatch
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(service, "transport", lambda: InProcess(world.service.app, loop))
        monkeypatch.setenv(login_file.URL, "https://quiet.invalid")

    async def __call__(self, *words: str, who: str = "amina", typed: str | None = None, code: int = 0) -> Result:
        """Run a command; returns its result. It must end with the exit code `code`. `typed` is its standard input."""
        result = await self.run(*words, who=who, typed=typed)
        assert result.exit_code == code, (words, result.output, result.exception)
        return result

    async def refused(self, *words: str, who: str = "amina", typed: str | None = None) -> str:
        """Run a command that the service or the command line refuses; returns the one sentence about it."""
        result = await self.run(*words, who=who, typed=typed)
        assert result.exception is not None, (words, result.output)
        return str(result.exception)

    async def run(self, *words: str, who: str = "amina", typed: str | None = None) -> Result:
        """Run a command; returns its result, however it ended."""
        await self.sign_in(who)
        return await asyncio.to_thread(CliRunner().invoke, cli, list(words), input=typed)

    async def sign_in(self, who: str) -> None:
        """Start a session in the name of somebody, which commands of this test use from now on."""
        self._patch.setenv(login_file.TOKEN, sessions.PREFIX + await session_of(self._world, who))


async def session_of(world: World, name: str) -> str:
    """The id of a session of somebody with every right, whose account is created if it does not exist."""
    now = world.now()
    async with world.db.transaction() as session:
        shape = actors.shape_of(name)
        account = await session.scalar(select(Account).where(Account.shape == shape))
        if account is None:
            account = Account(name=name, shape=shape, display_name=name, language="fr", made_at=now, made_by="tests")
            session.add(account)
            await session.flush()
            session.add_all(Grant(account_id=account.id, permission=each, province=WHOLE_REGION) for each in EVERYTHING)
        return await sessions.begin(session, account.id, address="192.0.2.7", failed=0, now=now)
