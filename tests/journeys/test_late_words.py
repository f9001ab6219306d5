"""Words written before the current question answer the question of that time, or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from api.channel import Pointer
from api.conversations.trail_prompt import Prompt
from api.dialogue.attribution.provenance import SKEW, is_cut, prompt_on_screen, prompt_replied_to
from tests.ballots import answers_of, ballots_of, resident_of
from tests.clock import StandingClock
from tests.consultations import question, words
from tests.direct import DirectPerson
from tests.people import TelegramPerson, joined
from tests.world import World

START = datetime.fromisoformat("2026-12-01T10:00:00.400+00:00")
SHOWN = tuple(Prompt(what, START + timedelta(seconds=at)) for what, at in (("consent", 0), ("q:1", 60), ("q:2", 120)))


def last_read(person: DirectPerson) -> str:
    """The last message they read, with plain spaces."""
    return person.heard.replace("\u00a0", " ")


def at(seconds: float) -> datetime:
    """A moment as providers report it: in whole seconds."""
    return (START + timedelta(seconds=seconds)).replace(microsecond=0)


@pytest.mark.parametrize(
    ("sent", "what"),
    [
        (-30, None), (-1, None), (0, "consent"), (57, "consent"), (58, None), (59, None), (60, "q:1"), (61, "q:1"),
        (117, "q:1"), (118, None), (119, None), (119.59, None), (119.6, "q:2"), (120, "q:2"), (900, "q:2"),
    ],
)  # fmt: skip
def test_a_moment_belongs_to_the_question_that_was_on_the_screen(sent: float, what: str | None) -> None:
    """Up to two seconds before a question it is uncertain; in the second of the question it is an answer."""
    prompt = prompt_on_screen(SHOWN, at(sent))
    assert (prompt.name if prompt is not None else None) == what
    assert timedelta(seconds=2) == SKEW


def test_without_a_moment_it_is_the_present_question() -> None:
    assert prompt_on_screen(SHOWN, None) == SHOWN[-1]


@pytest.mark.parametrize(
    ("keys", "what"),
    [
        (("q:1:yes", "q:1:skip"), "q:1"), (("q:2:9",), "q:2"), (("card:1", "q:1:back"), "q:1"),
        (("q:77:3",), "q:77:3"), (("lang:fr",), None), (("as:ab:q:1:yes",), "as:ab:q:1:yes"), ((), "consent"),
    ],
)  # fmt: skip
def test_a_reply_finds_its_question_by_the_buttons_or_the_time_of_what_it_replies_to(
    keys: tuple[str, ...], what: str | None
) -> None:
    prompt = prompt_replied_to(SHOWN, Pointer(at(5), keys), ["q:2:9"])
    assert (prompt.name if prompt is not None else None) == what


def test_which_lengths_are_those_of_a_part() -> None:
    assert [is_cut(letters) for letters in (12, 67, 70, 90, 153, 160, 200)] == [
        False,
        True,
        True,
        False,
        True,
        True,
        False,
    ]


@pytest.fixture
def clock(world: World) -> StandingClock:
    """A clock that stands still."""
    return StandingClock(world.now())


@pytest.fixture
async def person(world: World, clock: StandingClock) -> DirectPerson:
    """Somebody at the first question, which was asked a minute ago."""
    return await at_the_first_question(world, clock, repeated_within=0, parts_within=-1)


async def at_the_first_question(
    world: World, clock: StandingClock, *, repeated_within: float, parts_within: float
) -> DirectPerson:
    """Somebody new; the seconds are those of the settings."""
    dialogue = world.service.dialogue
    settings = dialogue.settings.model_copy(update={"repeated_within": repeated_within})
    tools = replace(dialogue.context, parts_within=timedelta(seconds=parts_within))
    person = DirectPerson.new(world, "sms", replace(dialogue, settings=settings, context=tools, clock=clock))
    for text in ("Bonjour", "2", "oui", "3"):
        await person.say(text)
        clock.advance(minutes=1)
    return person


async def test_what_waited_in_an_outage_answers_the_question_it_saw(
    world: World, clock: StandingClock, person: DirectPerson
) -> None:
    clock.advance(minutes=10)
    await person.say("1", sent_at=clock.later(minutes=-10))
    await person.say("1", sent_at=clock.later(minutes=-7))
    assert await answers_of(world, "sms", person.address) == {1: ["1"]}
    assert "2/4" in person.heard
    await person.say("3", sent_at=clock.later(minutes=-6))
    assert await answers_of(world, "sms", person.address) == {1: ["3"]}
    assert "Question 1, nouvelle réponse : texte option 3." in last_read(person)
    assert "2/4" in person.heard
    await person.say("oui", sent_at=clock())
    assert await answers_of(world, "sms", person.address) == {1: ["3"], 2: ["yes"]}


async def test_the_newer_of_two_answers_stands_in_whichever_order_they_come(
    world: World, clock: StandingClock, person: DirectPerson
) -> None:
    clock.advance(minutes=10)
    await person.say("2", sent_at=clock.later(minutes=-5))
    await person.say("1", sent_at=clock.later(minutes=-7))
    assert await answers_of(world, "sms", person.address) == {1: ["2"]}


async def test_a_word_that_crossed_its_question_is_asked_back(
    world: World, clock: StandingClock, person: DirectPerson
) -> None:
    await person.say("1", sent_at=clock())
    await person.say("2", sent_at=clock.later(seconds=-1))
    assert await answers_of(world, "sms", person.address) == {1: ["1"]}
    assert person.heard.startswith("Votre message est arrivé en retard")
    assert "2/4" in person.heard


@pytest.mark.parametrize("word", ["passer", "retour", "changer", "merci", "xyz", "42"])
async def test_late_words_that_answer_nothing_move_nothing(
    world: World, clock: StandingClock, person: DirectPerson, word: str
) -> None:
    sent = clock()
    clock.advance(minutes=1)
    await person.say("1", sent_at=clock())
    await person.say(word, sent_at=sent)
    assert "2/4" in person.heard
    assert await answers_of(world, "sms", person.address) == {1: ["1"]}


async def test_stop_is_heard_however_late(world: World, clock: StandingClock, person: DirectPerson) -> None:
    sent = clock()
    clock.advance(minutes=1)
    await person.say("1")
    await person.say("STOP", sent_at=sent)
    resident = await resident_of(world, "sms", person.address)
    assert resident is not None
    assert resident.state == "stopped"
    await person.say("START", sent_at=sent)  # a newer one overtook it
    again = await resident_of(world, "sms", person.address)
    assert again is not None
    assert again.state == "stopped"


async def test_nobody_consents_by_what_they_said_before_they_were_asked(world: World, clock: StandingClock) -> None:
    person = DirectPerson.new(world, "sms", replace(world.service.dialogue, clock=clock))
    await person.say("Bonjour", sent_at=clock.later(minutes=-9))
    await person.say("2", sent_at=clock.later(minutes=-8))
    await person.say("1", sent_at=clock.later(minutes=-7))
    resident = await resident_of(world, "sms", person.address)
    assert resident is not None
    assert resident.state == "joining"


async def test_a_late_yes_confirms_nothing_that_was_asked_back_since(
    world: World, clock: StandingClock, person: DirectPerson
) -> None:
    sent = clock()
    clock.advance(minutes=1)
    await person.say("texte opsion 2", sent_at=clock())
    assert "Vouliez-vous dire" in person.heard
    await person.say("oui", sent_at=sent)
    assert await ballots_of(world, "sms", person.address) == []


async def test_after_the_last_question_a_late_word_changes_the_one_it_saw(
    world: World, clock: StandingClock, person: DirectPerson
) -> None:
    for text in ("1", "oui", "4"):
        await person.say(text)
        sent = clock()
        clock.advance(minutes=1)
    await person.say("une route")
    await person.say("2", sent_at=sent - timedelta(seconds=30))
    assert await answers_of(world, "sms", person.address) == {1: ["1"], 2: ["yes"], 3: ["2"], 4: ["une route"]}
    assert "Question 3, nouvelle réponse : 2." in last_read(person)


@pytest.fixture
async def patient(world: World, clock: StandingClock) -> DirectPerson:
    """Somebody at the first question, with the usual settings."""
    return await at_the_first_question(world, clock, repeated_within=3, parts_within=5)


async def test_the_same_sms_again_is_a_repetition_and_gets_the_same_reply(
    world: World, clock: StandingClock, patient: DirectPerson
) -> None:
    await patient.say("1")
    first = patient.heard
    for _ in range(2):
        clock.advance(seconds=1)
        await patient.say("1")
        assert patient.heard == first
    assert await answers_of(world, "sms", patient.address) == {1: ["1"]}
    clock.advance(seconds=3)
    await patient.say("1")  # too late for a repetition: it is an answer
    assert await answers_of(world, "sms", patient.address) == {1: ["1"], 2: ["yes"]}


SPELT = ("un", "1.", "١", "la 1", "numéro 1")


@pytest.mark.parametrize("again", SPELT)
async def test_the_same_answer_in_other_words_is_a_repetition_too(
    world: World, clock: StandingClock, patient: DirectPerson, again: str
) -> None:
    await patient.say("1")
    first = patient.heard
    for text in (again, "1", again):
        await patient.say(text)
        assert patient.heard == first
    assert await answers_of(world, "sms", patient.address) == {1: ["1"]}
    clock.advance(seconds=4)
    await patient.say(again)  # too late for a repetition: it is an answer
    assert (await answers_of(world, "sms", patient.address))[1] == ["1"]
    assert patient.heard != first


@pytest.mark.parametrize("again", ["ok oui", "wakha", "1", "نعم", "oui."])
async def test_a_yes_in_other_words_says_yes_once(own_world: World, clock: StandingClock, again: str) -> None:
    await own_world.close("plan")
    asked = [question("yes_no"), question("yes_no"), question("yes_no")]
    await own_world.open({"code": "round", "title": words("round"), "questions": asked})
    person = await at_the_first_question(own_world, clock, repeated_within=3, parts_within=5)
    await person.say("oui")
    first = person.heard
    clock.advance(seconds=1)
    await person.say(again)
    assert person.heard == first
    assert await answers_of(own_world, "sms", person.address) == {1: ["yes"]}
    clock.advance(seconds=1)
    await person.say("non")  # it says something else
    assert await answers_of(own_world, "sms", person.address) == {1: ["yes"], 2: ["no"]}


SCALE = question("scale", low=1, high=5)


@pytest.mark.parametrize(
    ("text", "number", "asked", "values"),
    [
        ("non", "2", SCALE, ["2"]), ("oui", "1", SCALE, ["1"]), ("لا", "٢", SCALE, ["2"]), ("oui", "un", SCALE, ["1"]),
        ("non", "2", question("number"), ["2"]),
    ],
)  # fmt: skip
async def test_a_number_after_a_word_answers_what_takes_numbers(
    own_world: World, clock: StandingClock, text: str, number: str, asked: dict[str, Any], values: list[str]
) -> None:
    await own_world.close("plan")
    await own_world.open({"code": "round", "title": words("round"), "questions": [question("yes_no"), asked]})
    person = await at_the_first_question(own_world, clock, repeated_within=3, parts_within=5)
    for each in (text, text):
        await person.say(each)  # a repetition, letter for letter
        clock.advance(seconds=1)
    assert "2/2" in person.heard
    await person.say(number)
    assert (await answers_of(own_world, "sms", person.address))[2] == values


@pytest.mark.parametrize(("text", "again"), [("2", "2."), ("2", "deux"), ("non", "nn"), ("non", "la")])
async def test_another_spelling_is_a_repetition_also_before_a_scale(
    own_world: World, clock: StandingClock, text: str, again: str
) -> None:
    await own_world.close("plan")
    await own_world.open({"code": "round", "title": words("round"), "questions": [question("yes_no"), SCALE]})
    person = await at_the_first_question(own_world, clock, repeated_within=3, parts_within=5)
    await person.say(text)
    first = person.heard
    clock.advance(seconds=1)
    await person.say(again)
    assert person.heard == first
    assert await answers_of(own_world, "sms", person.address) == {1: ["no"]}


async def test_a_repeated_choice_of_a_language_or_a_province_answers_nothing_else(
    world: World, patient: DirectPerson, clock: StandingClock
) -> None:
    newcomer = DirectPerson.new(world, "sms", patient.dialogue)
    for text, again in (("Bonjour", "salut"), ("2", "deux"), ("oui", "1"), ("3", "trois"), ("passer", "تخطي")):
        clock.advance(seconds=10)
        await newcomer.say(text)
        before = newcomer.heard
        clock.advance(seconds=1)
        await newcomer.say(again)
        assert newcomer.heard == before, again
    assert "2/4" in newcomer.heard
    assert await ballots_of(world, "sms", newcomer.address) == []


async def test_the_moment_that_a_gateway_tells_says_more_than_the_words(
    world: World, clock: StandingClock, patient: DirectPerson
) -> None:
    await patient.say("1", sent_at=clock())
    clock.advance(seconds=1)
    await patient.say("oui", sent_at=clock())
    assert await answers_of(world, "sms", patient.address) == {1: ["1"], 2: ["yes"]}


async def test_another_text_within_seconds_is_an_answer(world: World, patient: DirectPerson) -> None:
    await patient.say("1")
    await patient.say("oui")
    assert await answers_of(world, "sms", patient.address) == {1: ["1"], 2: ["yes"]}


async def test_a_repeated_language_is_no_consent(world: World, patient: DirectPerson) -> None:
    newcomer = DirectPerson.new(world, "sms", patient.dialogue)
    await newcomer.say("Bonjour")
    for _ in range(2):
        await newcomer.say("1")
    resident = await resident_of(world, "sms", newcomer.address)
    assert resident is not None
    assert resident.state == "joining"


async def at_the_text(clock: StandingClock, person: DirectPerson) -> None:
    for text in ("1", "oui", "4"):
        await person.say(text)
        clock.advance(seconds=10)


async def test_parts_of_a_long_text_are_one_answer(world: World, clock: StandingClock, patient: DirectPerson) -> None:
    await at_the_text(clock, patient)
    whole = "La route de la vallée est coupée depuis deux ans et personne ne vient. " * 5
    parts = [whole[start : start + 153] for start in range(0, len(whole), 153)]
    for part in parts:
        await patient.say(part)
        clock.advance(seconds=1)
    assert await answers_of(world, "sms", patient.address) == {1: ["1"], 2: ["yes"], 3: ["4"], 4: [whole.strip()]}
    assert "Ajouté à votre réponse" in patient.heard


async def test_words_that_follow_within_seconds_are_joined_unless_they_say_something_else(
    world: World, clock: StandingClock, patient: DirectPerson
) -> None:
    await at_the_text(clock, patient)
    await patient.say("La route")
    clock.advance(seconds=2)
    await patient.say("est cassée ici")
    assert (await answers_of(world, "sms", patient.address))[4] == ["La route est cassée ici"]
    await patient.say("menu")
    clock.advance(seconds=60)
    await patient.say("retour")
    await patient.say("et le pont")
    assert (await answers_of(world, "sms", patient.address))[4] == ["La route est cassée ici"]


async def test_a_text_that_grows_too_long_stays_as_it_was(
    world: World, clock: StandingClock, patient: DirectPerson
) -> None:
    await at_the_text(clock, patient)
    first = "x" * 1500
    await patient.say(first)
    await patient.say("y " * 400)
    assert (await answers_of(world, "sms", patient.address))[4] == [first]
    assert "reste comme avant" in patient.heard


async def test_late_further_choices_add_to_those_that_came_first(own_world: World) -> None:
    await own_world.close("plan")
    asked = [question("several", options=4, most=3), question("yes_no")]
    await own_world.open({"code": "round", "title": words("round"), "questions": asked})
    person = DirectPerson.new(own_world, "sms")
    for text in ("Bonjour", "2", "oui", "3"):
        await person.say(text)
    for minutes, text in ((10, "3"), (9, "1"), (11, "4"), (8, "2")):  # the last one is too many
        sent = own_world.now.later(minutes=20 - minutes)
        own_world.now.advance(minutes=20)
        await person.say(text, sent_at=sent)
        own_world.now.advance(minutes=-20)
    ballot = await answers_of(own_world, "sms", person.address)
    assert {place: sorted(values) for place, values in ballot.items()} == {1: ["1", "3", "4"]}
    assert "2/2" in person.heard


async def test_telegram_tells_when_a_message_was_sent(world: World) -> None:
    person = await joined(world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    world.now.advance(minutes=12)
    for text in ("1", "2"):
        await person.user.send(text, ago=600)
        await person.network.settled()
    address = str(person.user.profile.id)
    assert await answers_of(world, "telegram", address) == {1: ["2"]}
    await person.say("oui")
    assert await answers_of(world, "telegram", address) == {1: ["2"], 2: ["yes"]}


async def test_twilio_brings_one_text_twice_under_two_ids(world: World) -> None:
    """Over the wire, as the rehearsal's phone does it, with the usual settings."""
    settings = world.service.dialogue.settings
    usual = settings.repeated_within
    person = await joined(world, "sms", "fr")
    world.now.advance(minutes=1)
    settings.repeated_within = 3.0
    try:
        one, two = await world.network.phone(person.phone.number).send("1", again=True)  # type: ignore[attr-defined]
    finally:
        settings.repeated_within = usual
    assert one == two
    assert await answers_of(world, "sms", person.phone.number) == {1: ["1"]}  # type: ignore[attr-defined]
