"""What tests of commitments share: a world with a plan, within sending hours."""

from __future__ import annotations

import pytest

from tests.commitments.plans import kept
from tests.proposals.office import by_day
from tests.world import World


@pytest.fixture
async def desk(own_world: World) -> World:
    """A world with a plan, at ten on a day that is no Friday, nor are the same day of the coming weeks."""
    by_day(own_world)
    await kept(own_world)
    return own_world
