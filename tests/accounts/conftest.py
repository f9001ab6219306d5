"""A world without a wire for each test of accounts, and browsers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.accounts.office import browser
from tests.world import World


@pytest.fixture
async def http(quiet_world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A browser."""
    async with browser(quiet_world) as found:
        yield found


@pytest.fixture
async def elsewhere(quiet_world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at another address."""
    async with browser(quiet_world, "198.51.100.9") as found:
        yield found
