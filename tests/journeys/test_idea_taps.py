"""Late taps on the buttons of a sent or dropped idea: they are explained, and do nothing."""

from __future__ import annotations

import pytest

from tests.journeys.test_ideas import SAID, newest, person_at_rest
from tests.people import TelegramPerson
from tests.world import World


@pytest.fixture(params=["ar", "fr", "zgh"])
async def person(world: World, request: pytest.FixtureRequest) -> TelegramPerson:
    newcomer = await person_at_rest(world, "telegram", request.param)
    assert isinstance(newcomer, TelegramPerson)
    return newcomer


async def tap(person: TelegramPerson, message: int, data: str) -> str:
    await person.user.tap_on(message, data)
    await person.network.settled()
    return person.heard


async def test_an_idea_is_sent_once_however_often_it_is_tapped(world: World, person: TelegramPerson) -> None:
    text, past = SAID[person.language], person.words("idea.past")
    await person.say(text.idea)
    await person.say(text.parts[0])
    writing = person.user.last
    done = next(data for row in writing.buttons for _, data in row if data.endswith(":done"))
    await person.way("done")
    card = person.user.last
    send = next(data for row in card.buttons for _, data in row if ":send:" in data)
    await person.pick(1)
    sent = await newest(world)
    assert (await tap(person, card.message_id, send)).startswith(past)
    assert (await tap(person, writing.message_id, done)).startswith(past)
    await person.say(text.idea)
    await person.say(text.vague)
    assert (await tap(person, card.message_id, send)).startswith(past)  # a button of the first idea, during the second
    await person.say(text.parts[1])
    assert person.heard.startswith(person.words("idea.more", number=2))
    assert (await newest(world)).id == sent.id


@pytest.mark.parametrize("data", ["idea:theme:weather", "idea:prov:99", "idea:add", "idea:", "idea:what"])
async def test_forged_buttons_harm_nothing(world: World, person: TelegramPerson, data: str) -> None:
    text = SAID[person.language]
    await person.say(text.idea)
    await person.say(text.parts[0])
    await tap(person, person.user.last.message_id, data)
    await person.way("done")
    await person.pick(1)
    assert (await newest(world)).text == text.parts[0]
