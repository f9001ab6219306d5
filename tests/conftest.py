"""What tests share: both databases, and a world on each of them."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from hypothesis import settings

from tests.browser import chromium
from tests.databases import PostgresDatabases, SqliteDatabases, folder, postgres
from tests.kannel import debian
from tests.prism import npm
from tests.wire.checker import WireChecker
from tests.world import World, living

Databases = SqliteDatabases | PostgresDatabases

WHOLE = "SAWT_WHOLE" in os.environ

settings.register_profile("sawt", deadline=None)  # a busy machine is no failure
settings.load_profile("sawt")


@pytest.fixture(scope="session", autouse=True)
def _plain_environment() -> None:
    """No setting of this machine reaches a test."""
    for name in [name for name in os.environ if name.startswith("SAWT_")]:
        del os.environ[name]


@pytest.fixture(scope="session")
def _postgresql() -> Iterator[PostgresDatabases]:
    with postgres() as found:
        yield found


@pytest.fixture(scope="session")
def _sqlite() -> Iterator[SqliteDatabases]:
    files = folder("sawt-sqlite-")
    yield SqliteDatabases(files)
    shutil.rmtree(files, ignore_errors=True)


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Databases of each kind in turn."""
    found: Databases = request.getfixturevalue(f"_{request.param}")
    return found


@pytest.fixture
async def database_url(databases: Databases) -> AsyncIterator[str]:
    """A clean database with the newest tables, for one test."""
    url = await databases.fresh()
    yield url
    await databases.drop(url)


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


@pytest.fixture
async def ticking_world(database_url: str, checker: WireChecker) -> AsyncIterator[World]:
    """A world in which what is due happens by itself, as in service."""
    async with living(database_url, checker, background=["schedule"], look_every=0.1) as found:
        yield found


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep together, on one of several workers, what shares a gateway, a proxy or a browser that is slow to start."""
    for item in items:
        if (folder := item.path.parent.name) in {"kannel", "prism", "browser"}:
            item.add_marker(pytest.mark.xdist_group(folder))
    left_out = [item for item in items if not _of_interest(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if _of_interest(item)]


def _of_interest(item: pytest.Item) -> bool:
    """Whether to run a journey in this language, on this channel and on this database.

    All of them are run on SQLite. What differs on PostgreSQL is the database: there each language has one of the two
    channels, another in the next test, unless SAWT_WHOLE is set.
    """
    params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
    if WHOLE or params.get("databases") != "postgresql" or not {"language", "channel"} <= params.keys():
        return True
    at = ("ar", "fr", "zgh").index(params["language"]) + ("sms", "telegram").index(params["channel"])
    return (at + len(item.originalname)) % 2 == 0


def pytest_collection_finish() -> None:
    """Let the collector pass over what stays to the end, and come less often: an eighth of the processor's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what this run could not look at."""
    if not WireChecker.load().active:
        terminalreporter.write_line("The providers' documents are absent: what went over the wire was not validated.")
    for untried in filter(None, (each.not_run(terminalreporter) for each in (chromium, debian, npm))):
        terminalreporter.write_line(untried)
