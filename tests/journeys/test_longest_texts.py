"""Any text gets an answer, however long or strange, at every step: nothing raises."""

from __future__ import annotations

import pytest

from tests.direct import DirectPerson
from tests.seating import seat
from tests.understand.longest import TEXTS
from tests.world import World


@pytest.mark.parametrize("steps", [(), ("3",)], ids=["province", "choice"])
async def test_each_is_answered(quiet_world: World, steps: tuple[str, ...]) -> None:
    for name, text in TEXTS.items():
        person = DirectPerson.new(quiet_world, "telegram")
        await seat(quiet_world, person.channel, person.address, "fr")
        for step in steps:
            await person.say(step)
        assert await person.say(text), name
