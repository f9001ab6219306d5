"""Before consent, and people who are lost: no stays no, every word works, no long text is shown three times."""

from __future__ import annotations

import re

import pytest

from api.residents import service as residents
from api.text.normalise import normalise
from tests.desk.test_letters import desk
from tests.direct import DirectPerson
from tests.journeys.test_stop_in_own_words import arrived, state_of
from tests.understand.test_read import LEXICON
from tests.world import World


async def asked_for_consent(world: World, channel: str = "sms") -> DirectPerson:
    """Somebody who is being asked for consent."""
    person = DirectPerson.new(world, channel)
    await person.say("bonjour")
    await person.say("français")
    return person


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("text", ["oui", "1", "ok", "wakha", "salut", "vote", "MENU"])
async def test_no_stays_no_until_start(world: World, channel: str, text: str) -> None:
    person = await asked_for_consent(world, channel)
    await person.say("non")
    assert person.heard == person.words("consent.declined")
    await person.say("bonjour")
    await person.say(text)
    assert person.heard == person.words("stopped.still")
    assert await state_of(world, person) == residents.DECLINED
    await person.say("START")
    assert person.heard.startswith(person.words("consent.ask"))
    await person.say("oui")
    assert await state_of(world, person) == residents.ACTIVE


async def test_a_tap_on_the_old_question_is_no_start(world: World) -> None:
    person = await asked_for_consent(world, "telegram")
    await person.tap("consent:no")
    await person.tap("consent:yes")
    assert person.heard == person.words("stopped.still")
    assert await state_of(world, person) == residents.DECLINED


@pytest.mark.parametrize(
    "text", ["MENU", "IDEE", "réunions", "statut", "PASSER", "CHANGER", "suivre", "LIER", "القائمة"]
)
async def test_words_that_need_consent_say_so_and_ask_it(world: World, text: str) -> None:
    person = await asked_for_consent(world)
    await person.say(text)
    assert person.heard.startswith(person.words("consent.first"))
    assert person.words("consent.ask") in person.heard


async def test_words_that_need_none_work(world: World) -> None:
    person = await asked_for_consent(world)
    for text, message in (("aide", "help.who"), ("langue", "language.ask"), ("français", "consent.ask")):
        await person.say(text)
        assert person.heard.startswith(person.words(message))
    for text in ("RETOUR", "0"):
        await person.say(text)
        assert person.heard.startswith(person.words("language.ask"))
        await person.say("français")


@pytest.mark.parametrize(
    "text",
    [
        "je ne comprends pas",
        "ما فهمتش",
        "شكون",
        "شكون معايا",
        "qui êtes-vous",
        "c'est quoi",
        "chkoun ntoma",
        "no entiendo",
        "chkon",
        "who is this",
        "quién es",
    ],
)
async def test_who_asks_who_we_are_hears_it_and_is_asked_again(world: World, text: str) -> None:
    person = await asked_for_consent(world)
    await person.say(text)
    assert person.heard.startswith(person.words("help.who"))
    assert person.words("consent.ask") in person.heard


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("c'est quoi", "fr"), ("qui êtes-vous", "fr"), ("شكون", "ar"), ("chkon", "ar"), ("من أنتم", "ar"),
        ("who is this", "fr"), ("quién es", "fr"), ("ⵎⴰⵏ ⵡⵉ ⵜⴳⵉⵎ", "zgh"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("first", [True, False])
async def test_at_the_language_too(world: World, channel: str, text: str, language: str, first: bool) -> None:
    """Even as the very first words: they are told who is writing before anything is asked."""
    person = DirectPerson.new(world, channel)
    if not first:
        await person.say("?")
    await person.say(text)
    who = person.words("help.who", language)
    assert person.heard.startswith(who)
    assert any(name in who for name in ("Tanger-Tétouan-Al Hoceima", "طنجة تطوان الحسيمة"))
    assert {choice.key for choice in person.choices} >= {"lang:fr"} or person.words(
        "consent.ask", language
    ) in person.heard


async def test_who_writes_tifinagh_is_answered_in_it(world: World) -> None:
    person = DirectPerson.new(world, "telegram")
    await person.say("?")
    await person.say("ⵎⴰⵏ ⵡⵉ ⵜⴳⵉⵎ")
    assert person.heard.startswith(person.words("help.who", "zgh"))


LOST = (
    "je veux parler au president",
    "mon fils est malade",
    "repondez moi svp les gens",
    "bla bla bla bla",
    "vous etes la",
)


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("before", [True, False])
async def test_who_is_lost_reads_no_long_text_three_times_and_is_offered_a_person(
    world: World, channel: str, before: bool
) -> None:
    person = await asked_for_consent(world, channel) if before else await arrived(world, channel)
    long = person.replies[-1].text.splitlines()[-1]
    answers = []
    for text in LOST:
        await person.say(text)
        answers.append(person.heard)
    assert sum(long in each for each in answers) == 1  # and once before them
    assert all(person.words("lost.early" if before else "lost") in each for each in answers[1:])
    assert max(map(len, answers[1:])) < 160


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_a_person_can_be_written_to_before_consent_and_answers(own_world: World, channel: str) -> None:
    person = await asked_for_consent(own_world, channel)
    await person.say("écrire")
    assert person.heard.startswith(person.words("desk.ask", count=1000))
    await person.say("Qui est le responsable ici")
    assert person.words("consent.ask") in person.heard
    (letter,) = await desk(own_world)
    assert letter["text"] == "Qui est le responsable ici"
    answered = await desk(own_world, f"/{letter['number']}/answer", {"text": "Amina"})
    assert answered["state"] == "answered"
    assert await state_of(own_world, person) == residents.JOINING


async def test_the_province_and_the_first_question_too(world: World) -> None:
    person = await asked_for_consent(world)
    await person.say("oui")
    for text in ("xyzzy", "plugh", "quux", "frotz"):
        await person.say(text)
    assert person.heard == person.words("lost")
    await person.say("3")
    assert "1/4" in person.heard  # they were understood all along


ROBOT = "Merci pour votre message"
AWAY = "Bonjour je suis en congé"


@pytest.mark.parametrize(
    "texts", [(ROBOT,), (AWAY,), ("شكرا على رسالتك",), (ROBOT, AWAY), ("Ticket 4711 ouvert chez nous",)]
)
@pytest.mark.parametrize("at_home", [True, False])
async def test_a_robot_is_answered_twice_and_then_met_with_silence(
    world: World, texts: tuple[str, ...], at_home: bool
) -> None:
    person = await (arrived(world, answers=3) if at_home else arrived(world))
    if at_home:
        await person.say("rien")
    answered = 0
    for number in range(40):
        await person.say(texts[number % len(texts)].replace("4711", str(number)))
        answered += bool(person.replies)
    assert answered == 2 * len(texts)
    await person.say("AIDE")
    assert person.heard.startswith(person.words("help"))  # somebody there is understood
    await person.say(texts[0])
    assert not person.replies


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("text", [ROBOT, AWAY, "Ticket 4711 ouvert chez nous", "Message automatique"])
async def test_a_robot_that_writes_first_is_answered_twice_at_most(world: World, channel: str, text: str) -> None:
    person, answered = DirectPerson.new(world, channel), 0
    for number in range(6):
        await person.say(text.replace("4711", str(number)))
        answered += bool(person.replies)
    assert answered == 2


async def test_a_number_on_no_list_is_no_robots(world: World) -> None:
    person = await arrived(world)
    for _ in range(5):
        await person.say("77")
        assert person.words("expect.choice", last=3) in person.heard


@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("left", ["STOP", "non"])
async def test_help_after_stop_names_only_what_works_then(world: World, channel: str, left: str) -> None:
    person = await asked_for_consent(world, channel)
    await person.say(left)
    for text in ("aide", "مساعدة", "qui êtes-vous", "?"):
        await person.say(text)
        assert person.heard == person.words("help.stopped")
    named = {LEXICON.meaning(normalise(word)) for word in re.split(r"[\s,.:]+", person.heard) if word.isupper()}
    assert {each.intent for each in named if each is not None} == {"start"}
    await person.say("START")
    assert person.heard.startswith(person.words("consent.ask"))


async def test_the_silence_lasts_an_hour(own_world: World) -> None:
    person = await arrived(own_world)
    for _ in range(3):
        await person.say(ROBOT)
    assert not person.replies
    own_world.now.advance(hours=1, minutes=1)
    await person.say(ROBOT)
    assert person.replies


async def test_the_same_answer_thrice_is_no_robot(world: World) -> None:
    person = await arrived(world)
    for _ in range(3):
        await person.say("1")
    assert "4/4" in person.heard
