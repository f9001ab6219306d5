"""The main journey: join, agree, answer, change, stop, come back; one table of cases for every channel and language."""

from __future__ import annotations

import re

import pytest

from api.results.schemas import Results
from tests.ballots import grouped
from tests.consultations import main_consultation
from tests.people import FIRST, PEOPLE, Person, joined
from tests.world import World

RECEIPT = re.compile(r"\b[2-9A-HJ-NP-TV-Z]{8}\b")

pytestmark = [
    pytest.mark.parametrize("channel", ["sms", "telegram"]),
    pytest.mark.parametrize("language", ["ar", "fr", "zgh"]),
]


@pytest.fixture
async def person(world: World, channel: str, language: str) -> Person:
    return await joined(world, channel, language)


def added(before: Results, after: Results, position: int) -> list[int]:
    """How many votes each answer of a question gained."""
    pairs = zip(after.questions[position].answers, before.questions[position].answers, strict=True)
    return [now.count - then.count for now, then in pairs]


async def answer_all(person: Person) -> str:
    """Answer the four questions; returns the receipt."""
    await person.pick(2)
    await person.pick(1)
    await person.pick(4)
    await person.say("الماء / l'eau / ⴰⵎⴰⵏ")
    match = RECEIPT.search(person.heard)
    assert match is not None, person.heard
    return match.group()


async def test_answers_to_the_end(world: World, person: Person, language: str) -> None:
    before = await world.results()
    groups = {fact: await grouped(world, fact) for fact in ("channel", "language", "province")}
    title = main_consultation()["title"][language]
    assert person.heard.startswith(person.words("consultation.intro", title=title, count=4))
    for place in ("1/4", "2/4", "3/4", "4/4"):
        assert place in person.heard
        if place == "4/4":
            break
        await person.pick(1)
    await person.say("une route pour mon village")
    receipt = RECEIPT.search(person.heard)
    assert receipt is not None
    assert person.heard.startswith(person.words("done", receipt=receipt.group()))
    after = await world.results()
    assert (after.ballots - before.ballots, after.complete - before.complete) == (1, 1)
    for fact, value in (("channel", person.channel), ("language", person.language), ("province", "01.571")):
        assert (await grouped(world, fact))[value] == groups[fact][value] + 1
    firsts = [
        now.answers[0].count - then.answers[0].count
        for now, then in zip(after.questions[:3], before.questions[:3], strict=True)
    ]
    assert firsts == [1, 1, 1]


async def test_goes_back_and_changes_an_answer(world: World, person: Person) -> None:
    before = await world.results()
    await person.pick(1)
    await person.way("back")
    assert "1/4" in person.heard
    await person.pick(3)
    assert "2/4" in person.heard
    after = await world.results()
    counts = [
        now.count - then.count
        for now, then in zip(after.questions[0].answers, before.questions[0].answers, strict=True)
    ]
    assert counts == [0, 0, 1]


async def test_skips_questions(world: World, person: Person) -> None:
    before = await world.results()
    for _ in range(3):
        await person.way("skip")
    await person.say("seulement ceci")
    assert RECEIPT.search(person.heard)
    after = await world.results()
    assert after.complete - before.complete == 1
    assert after.questions[0].values_given == before.questions[0].values_given


async def test_skipping_everything_counts_nothing(world: World, person: Person) -> None:
    before = await world.results()
    for _ in range(4):
        await person.way("skip")
    assert person.heard.startswith(person.words("done.empty"))
    assert (await world.results()).ballots == before.ballots


async def test_stops_at_any_question_and_comes_back(world: World, person: Person) -> None:
    await person.pick(1)
    await person.say("STOP")
    assert person.heard == person.words("stopped")
    await person.say("1")
    assert person.heard == person.words("stopped.still")
    await person.say("start")
    assert person.heard.startswith(person.words("consent.ask"))
    await person.pick(1)
    assert "2/4" in person.heard


async def test_resumes_after_a_pause(world: World, person: Person) -> None:
    await person.pick(1)
    world.now.advance(days=3)
    await person.say("salam, me revoila")
    assert "2/4" in person.heard
    assert person.words("missed") not in person.heard
    await person.pick(2)
    assert "3/4" in person.heard


async def test_changes_after_the_end_without_counting_twice(world: World, person: Person) -> None:
    before = await world.results()
    receipt = await answer_all(person)
    await person.way("change")
    assert person.heard.startswith(person.words("change.intro"))
    await person.pick(3)
    for _ in range(3):
        await person.way("skip")
    assert receipt in person.heard
    after = await world.results()
    assert after.ballots - before.ballots == 1
    counts = [
        now.count - then.count
        for now, then in zip(after.questions[0].answers, before.questions[0].answers, strict=True)
    ]
    assert counts == [0, 0, 1]
    assert after.questions[3].values_given - before.questions[3].values_given == 1


async def test_says_what_is_expected_once_then_whom_to_write_to(person: Person) -> None:
    await person.say("xyzzy")
    assert person.heard.startswith(person.words("missed"))
    assert "1/4" in person.heard
    for text in ("plugh", "frotz", "quux"):
        await person.say(text)
        assert person.heard.startswith(person.words("lost"))
    await person.say("1")
    assert "2/4" in person.heard


STOPS = {"ar": "توقف", "fr": "STOP", "zgh": "ⵙⴱⴷⴷ"}
HELPS = ("aide", "مساعدة", "tiwisi")
LANGUAGES = {"ar": "لغة", "fr": "langue", "zgh": "tutlayt"}


async def _step(person: Person, number: int) -> None:
    """The answer to each step from the first message to the last question."""
    await person.pick((FIRST[person.language], 1, 3, 1, 1, 1)[number])


async def test_help_and_language_work_at_every_step(world: World, channel: str, language: str) -> None:
    person: Person = PEOPLE[channel](world, language)
    await person.say("hello")
    for number in range(7):
        asked = person.heard
        if number:
            again = person.words("consent.again") if number == 1 else asked  # a long text is not repeated forever
            for word in HELPS:
                await person.say(word)
                assert person.heard.startswith(person.words("help.who" if number == 1 else "help"))
                assert any(each.splitlines()[-1] in person.heard for each in (asked, again))
            await person.say(LANGUAGES[language])
            assert person.heard.startswith(person.words("language.ask"))
            await person.pick(FIRST[language])
            assert asked.splitlines()[-1] in person.heard
        if number < 6:
            await _step(person, number)


async def test_stop_and_start_work_at_every_step(world: World, channel: str, language: str) -> None:
    person: Person = PEOPLE[channel](world, language)
    await person.say("hello")
    await _step(person, 0)
    for number in range(1, 7):
        await person.say(STOPS[language])
        assert person.heard == person.words("stopped"), number
        await person.say(person.words("word.begin"))
        assert person.heard.startswith(person.words("consent.ask"))
        if number > 1:
            await person.pick(1)
        if number < 6:
            await _step(person, number)
    assert "4/4" in person.heard


async def test_polite_words_after_the_end_close_politely(person: Person) -> None:
    await answer_all(person)
    await person.say("merci")
    assert person.heard == person.words("polite")


async def test_declining_sends_nothing_more(world: World, channel: str, language: str) -> None:
    person: Person = PEOPLE[channel](world, language)
    await person.say("bonjour")
    await person.pick(FIRST[language])
    await person.pick(2)
    assert person.heard == person.words("consent.declined")
    await person.say("1234")
    assert person.heard == person.words("stopped.still")
