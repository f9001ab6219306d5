"""After a free text: a wish to stop in it is asked about; a stray yes, no or thanks adds nothing to it."""

from __future__ import annotations

import pytest

from api.residents import service as residents
from tests.journeys.test_late_words import StandingClock, at_the_first_question, at_the_text
from tests.journeys.test_stop_in_own_words import arrived, state_of
from tests.journeys.test_votes_counted_as_given import channels, only_ballot
from tests.world import World

WISHES = (
    "arrêtez les messages, on veut des routes",
    "On veut des routes. Arrêtez les messages",
    "arrêtez les messages on veut des routes et des écoles",
    "ne m'envoyez plus de messages, il faut des hôpitaux dans la vallée",
    "وقفو الرسائل، بغينا الطرق والمدارس فالدوار",
)


@channels
@pytest.mark.parametrize("text", WISHES)
async def test_a_wish_to_stop_among_own_words_is_kept_and_asked_once(
    quiet_world: World, channel: str, text: str
) -> None:
    person = await arrived(quiet_world, channel, answers=3)
    await person.say(text)
    assert person.words("stop.ask") in person.heard
    assert (await only_ballot(person))[4] == [text]
    await person.say("non")
    assert person.heard.startswith(person.words("stop.stays"))
    await person.say("non")
    assert (await only_ballot(person))[4] == [text]
    assert await state_of(quiet_world, person) == residents.ACTIVE


@channels
@pytest.mark.parametrize(
    "text",
    [
        "dans les bus il faut des panneaux et plus de messages clairs, et des routes",
        "n'arrêtez pas les messages, merci",
    ],
)
async def test_what_asks_for_messages_is_no_wish_to_stop(quiet_world: World, channel: str, text: str) -> None:
    person = await arrived(quiet_world, channel, answers=3)
    await person.say(text)
    assert person.words("stop.ask") not in person.heard


@pytest.mark.parametrize("stray", ["non", "oui", "Non.", "merci", "لا", "شكرا", "salam", "uhu"])
@pytest.mark.parametrize("length", [8, 150])
async def test_a_stray_yes_no_or_thanks_is_not_joined(quiet_world: World, stray: str, length: int) -> None:
    clock = StandingClock(quiet_world.now())
    person = await at_the_first_question(quiet_world, clock, repeated_within=3, parts_within=5)
    await at_the_text(clock, person)
    text = ("une route " * 20)[:length].strip()
    await person.say(text)
    clock.advance(seconds=2)
    await person.say(stray)
    assert "Ajouté" not in person.heard
    assert (await only_ballot(person))[4] == [text]
    await person.say("et un pont")
    assert (await only_ballot(person))[4] in ([f"{text} et un pont"], [f"{text}et un pont"])


async def test_a_yes_that_is_the_whole_answer_is_kept(quiet_world: World) -> None:
    clock = StandingClock(quiet_world.now())
    person = await at_the_first_question(quiet_world, clock, repeated_within=3, parts_within=5)
    await at_the_text(clock, person)
    await person.say("oui")
    assert (await only_ballot(person))[4] == ["oui"]
