"""One consultation after another: who was in the middle of one when it closed begins the next by its invitation."""

from __future__ import annotations

from tests.consultations import main_consultation
from tests.people import TelegramPerson, joined
from tests.world import World


async def test_an_invitation_leads_straight_to_its_first_question(own_world: World) -> None:
    person = await joined(own_world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    await person.pick(1)
    await own_world.close("plan")
    second = {**main_consultation(), "code": "second"}
    await own_world.open(second)
    await own_world.invite("second")
    await own_world.deliver()
    await person.user.tap("open:second")
    await own_world.network.settled()
    assert "1/4" in person.heard
    assert person.heard.count(second["title"]["fr"]) == 1
    assert person.words("error.closed") not in person.heard
