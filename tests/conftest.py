"""Shared fixtures: both databases, and worlds on them."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from hypothesis import settings

from tests import caretaker, engines, examples, matrix
from tests.browser import chromium
from tests.databases import PostgresDatabases, SqliteDatabases, postgres
from tests.kannel import debian
from tests.prism import npm
from tests.terminal import Terminal
from tests.wire.checker import WireChecker
from tests.world import World, living, quiet

Databases = SqliteDatabases | PostgresDatabases


@pytest.fixture(scope="session", autouse=True)
def _plain_environment() -> None:
    """Remove this machine's settings from the environment."""
    for name in [name for name in os.environ if name.startswith("SAWT_")]:
        del os.environ[name]
    vault = caretaker.folder() / "vault"  # for processes that tests start
    vault.mkdir(mode=0o700, exist_ok=True)
    os.environ["SAWT_VAULT"] = str(vault)


@pytest.fixture(scope="session")
async def _postgresql() -> AsyncIterator[PostgresDatabases]:
    with postgres() as databases:
        async with databases.connected():
            yield databases


@pytest.fixture(scope="session")
def _sqlite() -> Iterator[SqliteDatabases]:
    with caretaker.run() as folder:
        yield SqliteDatabases(folder)


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Databases:
    """Databases of each kind that `matrix.py` selects."""
    selected: Databases = request.getfixturevalue(f"_{request.param}")
    return selected


@pytest.fixture
async def database_url(databases: Databases) -> AsyncIterator[str]:
    """A clean database with the newest schema, for one test."""
    url = await databases.fresh()
    yield url
    await databases.drop(url)


@pytest.fixture(scope="session")
def checker() -> WireChecker:
    """Checks every exchange against the providers' documents, if these are present."""
    return WireChecker.load()


@pytest.fixture(scope="session")
async def world(databases: Databases, checker: WireChecker) -> AsyncIterator[World]:
    """A world that tests share: use new people, and leave the consultation open."""
    async with living(await databases.fresh(), checker) as created:
        yield created


@pytest.fixture
async def quiet_world(database_url: str) -> AsyncIterator[World]:
    """A test's own world without a network."""
    async with quiet(database_url) as created:
        yield created


@pytest.fixture
async def own_world(database_url: str, checker: WireChecker) -> AsyncIterator[World]:
    """A test's own world."""
    async with living(database_url, checker) as created:
        yield created


@pytest.fixture
async def terminal(quiet_world: World, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """`sawt` as signed-in staff run it, against `quiet_world`."""
    return Terminal(quiet_world, monkeypatch)


@pytest.fixture
async def ticking_world(database_url: str, checker: WireChecker) -> AsyncIterator[World]:
    """A test's own world whose scheduler runs, as in service."""
    async with living(database_url, checker, background=["schedule"], look_every=0.1) as created:
        yield created


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add options for databases and the whole matrix."""
    matrix.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Start the run, with one caretaker for all its workers."""
    engines.share()
    settings.load_profile(examples.NEW if config.getoption("--whole") else examples.USUAL)
    run = caretaker.run()
    run.__enter__()
    config.add_cleanup(lambda: run.__exit__(None, None, None))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests that need a database on the databases that matter for them."""
    chosen = any(mark.args[0] == "databases" for mark in metafunc.definition.iter_markers("parametrize"))
    if "databases" in metafunc.fixturenames and not chosen:
        module = metafunc.definition.path.relative_to(matrix.TESTS).as_posix()
        kinds = matrix.databases_of(metafunc.config, module)
        metafunc.parametrize("databases", kinds, indirect=True, scope="session")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect tests outside the matrix, and start with slow ones. A module stays on one worker (`loadscope`)."""
    left_out = [item for item in items if not matrix.is_of_interest(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if matrix.is_of_interest(item)]
    items.sort(key=_is_quick)


def _is_quick(item: pytest.Item) -> bool:
    """Whether an item may start late; tests that wait for processes, gateways and browsers start first."""
    return item.path.parent.name not in {"faults", "kannel", "browser", "prism", "proxy"}


def pytest_collection_finish() -> None:
    """Make the garbage collector skip long-lived objects and run less often; it took an eighth of the CPU time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Report what this run could not check."""
    if not WireChecker.load().active:
        terminalreporter.write_line("The providers' documents are absent: messages on the wire were not validated.")
    for untried in filter(None, (each.not_run(terminalreporter) for each in (chromium, debian, npm))):
        terminalreporter.write_line(untried)
