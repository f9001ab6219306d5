"""What people really write: unclear words are repeated, mistyped ones asked back, nothing is guessed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from api.consultations.words import unmatched
from api.consultations.words.unmatched import Unmatched
from tests.people import Person, TelegramPerson, joined
from tests.world import KEYRING, World

pytestmark = pytest.mark.parametrize("channel", ["sms", "telegram"])


def first_count(results: object, position: int, place: int) -> int:
    return results.questions[position].answers[place].count  # type: ignore[attr-defined]


@pytest.fixture
async def french(world: World, channel: str) -> Person:
    return await joined(world, channel, "fr")


async def test_a_plain_answer_is_not_repeated(french: Person) -> None:
    await french.say("la 2 svp")
    assert french.heard.startswith("2/4")


async def test_what_is_not_plain_is_repeated_with_a_way_back(world: World, french: Person) -> None:
    before = await world.results()
    await french.pick(1)
    await french.say("bien sûr")
    assert french.heard.startswith(french.words("echo", said=french.words("word.yes")))
    assert "3/4" in french.heard
    await french.way("back")
    await french.say("non")
    after = await world.results()
    pairs = zip(after.questions[1].answers, before.questions[1].answers, strict=True)
    gained = [now.count - then.count for now, then in pairs]
    assert gained == [0, 1]


async def test_a_slip_is_asked_back_and_a_yes_takes_it(world: World, french: Person) -> None:
    before = await world.results()
    await french.say("texte opton 2")
    assert french.heard.startswith(french.words("hint.choice", choice="texte option 2"))
    assert "1/4" in french.heard
    assert first_count(await world.results(), 0, 1) == first_count(before, 0, 1)
    await french.say("oui")
    assert french.heard.startswith("2/4")
    assert first_count(await world.results(), 0, 1) == first_count(before, 0, 1) + 1


async def test_a_guess_is_forgotten_by_the_next_text(french: Person) -> None:
    await french.say("texte opton 2")
    await french.say("rien de tout cela")
    await french.say("oui")
    assert "2/4" not in french.heard
    await french.say("1")
    assert "2/4" in french.heard


async def test_low_words_only_ask(world: World, french: Person) -> None:
    await french.pick(1)
    await french.say("mzyan")
    assert french.heard.startswith(french.words("hint.choice", choice=french.words("word.yes")))
    assert "2/4" in french.heard


async def test_something_like_stop_tells_how_to_stop(french: Person) -> None:
    await french.say("fin")
    assert french.heard.startswith(french.words("hint.stop"))
    assert "1/4" in french.heard


async def test_civil_words_answer_nothing_and_are_no_mistake(french: Person) -> None:
    for number, word in enumerate(("merci", "salam", "شكرا", "azul", "labas")):
        await french.say(word)
        assert french.heard == french.words("expect.choice", last=3) if number else french.heard.startswith("1/4")


async def test_another_language_is_offered_once(french: Person) -> None:
    await french.say("نص option 1")
    offered = [line for line in french.heard.splitlines() if "عربية" in line]
    assert len(offered) == 1
    assert "2/4" in french.heard
    await french.say("نعم")
    assert "عربية" not in french.heard
    await french.say("عربية")
    assert "نص scale" in french.heard


async def test_a_command_in_another_language_offers_nothing(french: Person) -> None:
    await french.say("مساعدة")
    assert "عربية" not in french.heard


async def test_unmatched_words_are_kept_without_their_writer(own_world: World, channel: str) -> None:
    person = await joined(own_world, channel, "fr")
    for text in ("Xyzzy!", "xyzzy", "appelez moi 0612345678", "une longue phrase qui parle de ma famille"):
        await person.say(text)
    async with own_world.db.transaction() as session:
        (reply,) = await unmatched.listed(session, KEYRING, today=own_world.now().date())
        (row,) = await session.scalars(select(Unmatched))
    assert reply[:5] == ("xyzy", 1, "single", "plan", 1)  # as compared: doubled letters are one
    assert b"xyzy" not in row.sealed


async def test_free_texts_are_never_unmatched_and_lose_their_bidi_marks(own_world: World, channel: str) -> None:
    person = await joined(own_world, channel, "ar")
    for _ in range(3):
        await person.way("skip")
    await person.say("\u202eالماء\u202c وقف")
    assert not isinstance(person, TelegramPerson) or person.user.last.buttons
    async with own_world.db.transaction() as session:
        assert (await session.scalars(select(Unmatched))).all() == []
    assert (await own_world.results()).questions[3].values_given == 1
