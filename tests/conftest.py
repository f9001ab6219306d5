"""What tests share: both databases, and a world on each of them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import not_run
from tests.databases import PostgresDatabases, SqliteDatabases, postgres
from tests.kannel import debian
from tests.wire.checker import WireChecker
from tests.world import World, living

Databases = SqliteDatabases | PostgresDatabases


@pytest.fixture(scope="session", autouse=True)
def _plain_environment() -> None:
    """No setting of this machine reaches a test."""
    for name in [name for name in os.environ if name.startswith("SAWT_")]:
        del os.environ[name]


@pytest.fixture(scope="session")
def _postgres() -> Iterator[PostgresDatabases]:
    with postgres() as found:
        yield found


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """Databases of each kind in turn."""
    if request.param == "sqlite":
        return SqliteDatabases(Path(tmp_path_factory.mktemp("sqlite")))
    found: PostgresDatabases = request.getfixturevalue("_postgres")
    return found


@pytest.fixture
async def database_url(databases: Databases) -> str:
    """A clean database with the newest tables."""
    return await databases.fresh()


@pytest.fixture(scope="session")
def checker() -> WireChecker:
    """Holds every exchange against the providers' documents, where they are there."""
    return WireChecker.load()


@pytest.fixture(scope="session")
async def world(databases: Databases, checker: WireChecker) -> AsyncIterator[World]:
    """A world that tests share: use people of your own, and leave the consultation open."""
    async with living(await databases.fresh(), checker) as found:
        yield found


@pytest.fixture
async def own_world(database_url: str, checker: WireChecker) -> AsyncIterator[World]:
    """A world of a test's own."""
    async with living(database_url, checker) as found:
        yield found


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what this run could not look at."""
    if not WireChecker.load().active:
        terminalreporter.write_line("The providers' documents are absent: what went over the wire was not validated.")
    for untried in filter(None, (not_run(terminalreporter), debian.not_run(terminalreporter))):
        terminalreporter.write_line(untried)
