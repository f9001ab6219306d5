"""What tests of commitments share: a world with a plan, within sending hours."""

from __future__ import annotations

import pytest

from tests.commitments.plans import kept
from tests.proposals.office import by_day
from tests.world import World


@pytest.fixture
async def desk(quiet_world: World) -> World:
    """A quiet world with a plan, at ten on a day that is no Friday, nor are the same day of the coming weeks."""
    return await _planned(quiet_world)


@pytest.fixture
async def wired_desk(own_world: World) -> World:
    """The same with phones that get what is sent."""
    return await _planned(own_world)


async def _planned(world: World) -> World:
    by_day(world)
    await kept(world)
    return world
