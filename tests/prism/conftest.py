"""A world whose Twilio is heard, and Prism before it, which the tests of this folder share."""

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
    """A world of these tests' own."""
    url = await SqliteDatabases(tmp_path_factory.mktemp("database")).fresh()
    async with living(url, heard) as found:
        yield found


@pytest.fixture(scope="session")
def prism() -> Prism:
    """A Prism. That there is none, or no document for it, is the only reason to skip; the end of the run says so."""
    if not DOCUMENT.exists():
        pytest.skip("Twilio's document is not beside this checkout")
    found = npm.on_machine() or npm.installed()
    if found is None:
        pytest.skip("no Prism on this machine, and no npm to install it")
    return found


@pytest.fixture(scope="module")
async def judged(prism: Prism, world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of Twilio behind Prism."""
    folder = tmp_path_factory.mktemp("prism")
    async with judging(prism, twilio_of(world), folder, document=corrected(DOCUMENT)) as found:
        yield found
