"""The desk shared by browser tests, with phones on which four residents have answered."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.browser import chromium
from tests.browser.browsing import playwrights_own
from tests.browser.desk import Desk, set_up


@pytest.fixture(scope="session")
async def executable() -> str:
    """A Chromium. These tests are only skipped if there is none; the report says so."""
    executable = chromium.on_path() or await playwrights_own() or chromium.installed()
    if executable is None:
        pytest.skip("no Chromium on this machine")
    return executable


@pytest.fixture(scope="module")
async def desk(executable: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """A desk on which all four have answered everything."""
    async with set_up(executable, tmp_path_factory.mktemp("desk")) as desk_:
        await desk_.photograph("phones-first")
        for resident in desk_.residents:
            await resident.take_part()
        yield desk_
