"""Places where a resident once got stuck or was not understood: each of these sentences failed on somebody's phone."""

from __future__ import annotations

import pytest

from api.dialogue.features.letters import offer
from api.dialogue.understand.commands import read_command
from api.dialogue.understand.expected import Expected
from api.text.normalise import normalise
from tests.agents.test_assisting import answer, code
from tests.consultations import question, words
from tests.meetings.test_journeys import texts
from tests.people import PEOPLE, joined
from tests.understand.test_read import LEXICON
from tests.world import World

PAIRS = [("sms", "fr"), ("telegram", "ar"), ("sms", "zgh")]
BACK = {"ar": "رجوع", "fr": "RETOUR", "zgh": "aghul"}
CANCEL = {"ar": "إلغاء", "fr": "annuler", "zgh": "ssr"}
MENU = {"ar": "القائمة", "fr": "menu", "zgh": "umugh"}
IDEA = {"ar": "فكرة", "fr": "IDEE", "zgh": "tawngimt"}
LETTER = "wesh kayn shi tobis l douar dyalna"


@pytest.mark.parametrize(("channel", "language"), PAIRS)
async def test_at_rest_with_one_consultation_open_they_are_still_heard(
    world: World, channel: str, language: str
) -> None:
    person = await joined(world, channel, language)
    await person.say(BACK[language])  # before the first question comes the choice of a consultation
    assert person.words("home.choose") in person.heard
    for text, answered in (("123456", "link.unknown"), ("W7MQ2X9K", "receipt.unknown")):
        await person.say(text)
        assert person.words(answered) in person.heard, text
    await person.say(LETTER)
    assert person.words("desk.offer", text=LETTER) in person.heard
    await person.say(BACK[language])
    assert person.words("desk.dropped") in person.heard
    assert not offer.is_letter("2 1 3", LEXICON, words=3)


@pytest.mark.parametrize(("channel", "language"), PAIRS)
async def test_commands_are_none_of_the_words_of_an_idea(world: World, channel: str, language: str) -> None:
    person = await joined(world, channel, language)
    await person.say(BACK[language])
    await person.say(f"{IDEA[language]} lqantra f lwad dyal douar")
    await person.say(MENU[language])
    assert person.heard.startswith(person.words("menu.ask"))
    await person.say(BACK[language])
    assert person.words("home.choose") in person.heard  # going back begins none
    await person.say(IDEA[language])
    await person.say(f"{IDEA[language]} 99999")
    assert person.words("idea.unknown") in person.heard
    assert person.words("idea.more", number=1) in person.heard  # nothing added, nothing lost
    await person.say(CANCEL[language])
    assert person.words("idea.dropped") in person.heard


async def test_a_text_behind_a_command_keeps_its_signs() -> None:
    text = "Idée : un bus, des routes.\nEt un pont !"
    command = read_command(
        text, normalise(text), Expected(commands=frozenset({"idea"}), opens=frozenset({"idea"})), LEXICON
    )
    assert command is not None
    assert command.argument == "un bus, des routes.\nEt un pont !"


async def test_options_that_are_numbers_are_listed_and_tell_no_language(own_world: World) -> None:
    await own_world.close("plan")
    hours = [{"ar": f"الساعة {each}", "fr": f"{each} h", "zgh": each} for each in ("7", "8")]
    asked = {**question("single"), "options": hours}
    await own_world.open({"code": "bus", "title": words("bus"), "questions": [asked]})
    for language, text in (("zgh", "7"), ("fr", "8")):
        person = await joined(own_world, "sms", language)
        assert "\n1) 7" in person.heard
        await person.say(text)
        assert len(texts(person)[-1].splitlines()) == 3, person.heard  # receipt, choice and the ways on, no more


async def test_an_agent_says_next_and_end_in_words(own_world: World) -> None:
    agent_code, agent = await code(own_world), await joined(own_world, "sms", "fr")
    await agent.say(f"AGENT {agent_code}")
    await answer(agent, 1)
    await agent.say("suivant")
    assert agent.words("assist.begin", number=2) in agent.heard
    await answer(agent, 2)
    await agent.say("fini")
    assert agent.words("assist.over") in agent.heard


async def test_one_choice_is_no_range_of_numbers(world: World) -> None:
    person = PEOPLE["sms"](world, "fr")
    await person.say("mes données")
    await person.say("hmm")
    assert "1 à 1" not in person.heard
