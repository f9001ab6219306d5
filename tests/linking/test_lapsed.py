"""A question whether two devices are one person's lapses when either of them leaves: a yes links nothing then."""

from __future__ import annotations

import pytest

from tests.ballots import resident_of
from tests.linking.acts import address_of, linked, says, shown_code
from tests.linking.test_linking import both
from tests.world import World


@pytest.mark.parametrize("leaves", ["blocks", "says stop"])
async def test_a_yes_after_the_other_side_left_links_nothing(world: World, leaves: str) -> None:
    phone, app = await both(world)
    await phone.say("LIER")
    await app.say(f"LIER {shown_code(phone)}")
    assert says(app, "link.wait")
    if leaves == "blocks":
        channel, address = address_of(app)
        await world.service.dialogue.left(channel=channel, address=address)
    else:
        await app.say("STOP")
    await phone.say("oui")
    assert says(phone, "link.unknown")
    assert not await linked(world, phone, app)
    found = await resident_of(world, *address_of(phone))
    assert found is not None
    assert found.state == "active"


async def test_the_question_lapses_when_whoever_is_asked_left(world: World) -> None:
    phone, app = await both(world)
    await app.say("LIER")
    await phone.say(f"LIER {shown_code(app)}")
    await app.say("STOP")
    await app.say("START")
    await app.say("oui")
    assert not await linked(world, phone, app)
