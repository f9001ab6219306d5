"""Fixtures for tests of commitments: a world with a plan, within sending hours."""

from __future__ import annotations

import pytest

from tests.commitments.plans import add_plan
from tests.proposals.office import by_day
from tests.world import World


@pytest.fixture
async def desk(quiet_world: World) -> World:
    """A quiet world with a plan, at 10:00 on a day that is not a Friday; nor is the same day of the next weeks."""
    return await _planned(quiet_world)


@pytest.fixture
async def wired_desk(own_world: World) -> World:
    """The same, with phones that receive what is sent."""
    return await _planned(own_world)


async def _planned(world: World) -> World:
    by_day(world)
    await add_plan(world)
    return world
