"""A late tap on a button of a closed consultation: it is explained, and ends nothing in progress."""

from __future__ import annotations

from tests.consultations import main_consultation
from tests.people import TelegramPerson, joined
from tests.world import World


async def between_two(world: World) -> tuple[TelegramPerson, int, str]:
    """Somebody at the second question of an open consultation, and a button of a closed one."""
    person = await joined(world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    old = person.user.last
    await person.pick(1)
    await world.close("plan")
    await world.open({**main_consultation(), "code": "second"})
    await world.invite("second")
    await world.deliver()
    await person.user.tap("open:second")
    await world.network.settled()
    await person.pick(1)
    assert "2/4" in person.heard
    return person, old.message_id, old.buttons[1][0][1]


async def test_they_are_still_at_the_question_of_another(own_world: World) -> None:
    person, message, data = await between_two(own_world)
    await person.user.tap_on(message, data)
    await own_world.network.settled()
    assert person.heard == person.words("error.closed")
    await person.say("oui")
    assert "3/4" in person.heard


async def test_the_idea_they_write_is_still_there(own_world: World) -> None:
    person, message, data = await between_two(own_world)
    await person.say("menu")
    await person.user.tap("go:ideas")
    await own_world.network.settled()
    await person.say("un puits pour le douar")
    await person.user.tap_on(message, data)
    await own_world.network.settled()
    assert person.heard == person.words("error.closed")
    await person.say("et une route")
    assert person.heard.startswith(person.words("idea.more", number=2))


async def test_it_ends_what_closed_itself(own_world: World) -> None:
    person, message, data = await between_two(own_world)
    await own_world.close("second")
    await person.user.tap_on(message, data)
    await own_world.network.settled()
    assert person.heard == person.words("closed.check")
    assert person.words("word.menu") in str(person.user.last.buttons)
