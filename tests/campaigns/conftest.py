"""Fixtures of campaign tests: worlds within sending hours."""

from __future__ import annotations

import pytest

from api.clock import MOROCCO
from tests.world import World


@pytest.fixture
async def desk(quiet_world: World) -> World:
    """A world without phones, at ten in the morning of the next day that is not a Friday."""
    return _by_day(quiet_world)


@pytest.fixture
async def wired_desk(own_world: World) -> World:
    """The same with phones that receive what is sent."""
    return _by_day(own_world)


def _by_day(world: World) -> World:
    now = world.now().astimezone(MOROCCO)
    world.now.advance(seconds=(34 - now.hour) * 3600 - now.minute * 60 - now.second)
    if world.now().astimezone(MOROCCO).weekday() == 4:
        world.now.advance(days=1)
    return world
