"""One consultation after another: the next one begins by its invitation, and changing changes the one they mean."""

from __future__ import annotations

import pytest

from tests.consultations import main_consultation
from tests.linking.acts import vote_to_the_end
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


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_who_answered_two_says_which_one_they_change(own_world: World, channel: str) -> None:
    own_world.now.advance(seconds=1)
    await own_world.open({**main_consultation(), "code": "second"})
    person = await joined(own_world, channel, "fr")
    await person.say("second")
    await vote_to_the_end(person, 1)
    await person.say("plan")
    await vote_to_the_end(person, 1)
    await person.way("change")
    assert person.words("change.which") in person.heard
    await person.pick(1)
    assert person.words("change.intro") in person.heard
    await person.pick(3)
    for code, counts in (("plan", [0, 0, 1]), ("second", [1, 0, 0])):
        assert [each.count for each in (await own_world.results(code)).questions[0].answers] == counts


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_they_change_this_vote_once_it_is_begun_and_the_one_before_until_then(
    own_world: World, channel: str
) -> None:
    await own_world.open({**main_consultation(), "code": "second"})
    person = await joined(own_world, channel, "fr")
    await person.say("second")
    await vote_to_the_end(person, 1)
    await person.say("plan")
    await person.say("changer")
    assert person.words("change.intro") in person.heard
    await person.pick(3)
    await person.say("plan")
    await person.pick(1)
    assert "2/4" in person.heard
    await person.say("changer")
    assert "1/4" in person.heard
    await person.pick(2)
    for code, counts in (("plan", [0, 1, 0]), ("second", [0, 0, 1])):
        assert [each.count for each in (await own_world.results(code)).questions[0].answers][:3] == counts


async def test_nothing_half_written_is_lost_by_it(own_world: World) -> None:
    person = await joined(own_world, "sms", "fr")
    await vote_to_the_end(person, 1)
    await person.say("idée : un bus pour le douar")
    await person.say("fin")
    asked = person.heard
    await person.say("changer")
    assert person.words("change.intro") not in person.heard
    assert person.heard.startswith(person.words("text.command"))
    assert asked.splitlines()[-1] in person.heard
