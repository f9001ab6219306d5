"""The desk that the browser tests share: four residents have answered on its phones."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.browser import chromium
from tests.browser.browsing import playwrights_own
from tests.browser.desk import Desk, set_up


@pytest.fixture(scope="session")
async def executable() -> str:
    """A Chromium. That there is none is the only reason to skip these tests; the end of the run says so."""
    found = chromium.on_path() or await playwrights_own() or chromium.installed()
    if found is None:
        pytest.skip("no Chromium on this machine")
    return found


@pytest.fixture(scope="module")
async def desk(executable: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A desk on which all four have answered, each to the end."""
    async with set_up(executable, tmp_path_factory.mktemp("desk")) as found:
        await found.photograph("phones-first")
        for resident in found.residents:
            await resident.take_part()
        yield found
