"""A world whose Twilio requests are recorded, and Prism in front of it, shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.databases import SqliteDatabases
from tests.prism import npm
from tests.prism.npm import Prism
from tests.prism.proxy import DOCUMENT, corrected, judging
from tests.prism.recording import Recorder, twilio_of
from tests.world import World, living


@pytest.fixture(scope="module")
def heard() -> Recorder:
    return Recorder()


@pytest.fixture(scope="module")
async def world(heard: Recorder, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A world for these tests."""
    url = await SqliteDatabases(tmp_path_factory.mktemp("database")).fresh()
    async with living(url, heard) as created:
        yield created


@pytest.fixture(scope="session")
def prism() -> Prism:
    """A Prism. Tests are only skipped if there is none, or no document for it; the report says so."""
    if not DOCUMENT.exists():
        pytest.skip("Twilio's document is not beside this checkout")
    program = npm.on_machine() or npm.installed()
    if program is None:
        pytest.skip("no Prism on this machine, and no npm to install it")
    return program


@pytest.fixture(scope="module")
async def judged(prism: Prism, world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of Twilio behind Prism."""
    folder = tmp_path_factory.mktemp("prism")
    async with judging(prism, twilio_of(world), folder, document=corrected(DOCUMENT)) as address:
        yield address
