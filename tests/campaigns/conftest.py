"""What tests of campaigns share: a world within sending hours."""

from __future__ import annotations

import pytest

from api.clock import MOROCCO
from tests.world import World


@pytest.fixture
async def desk(own_world: World) -> World:
    """A world at ten in the morning of the next day that is no Friday."""
    now = own_world.now().astimezone(MOROCCO)
    ahead = (34 - now.hour) * 3600 - now.minute * 60 - now.second
    own_world.now.advance(seconds=ahead)
    if own_world.now().astimezone(MOROCCO).weekday() == 4:
        own_world.now.advance(days=1)
    return own_world
