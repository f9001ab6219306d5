"""The main job: join, agree, answer, change, stop and come back; one table of cases for every channel and language."""

from __future__ import annotations

import re

import pytest

from tests.people import Person, joined
from tests.world import World

RECEIPT = re.compile(r"\b[2-9A-HJ-NP-TV-Z]{8}\b")

pytestmark = [
    pytest.mark.parametrize("channel", ["sms", "telegram"]),
    pytest.mark.parametrize("language", ["ar", "fr", "zgh"]),
]


@pytest.fixture
async def person(world: World, channel: str, language: str) -> Person:
    return await joined(world, channel, language)


async def answer_all(person: Person) -> str:
    """Answer the four questions; returns the receipt."""
    await person.pick(2)
    await person.pick(1)
    await person.pick(4)
    await person.say("الماء / l'eau / ⴰⵎⴰⵏ")
    found = RECEIPT.search(person.heard)
    assert found is not None, person.heard
    return found.group()


async def test_answers_to_the_end(world: World, person: Person) -> None:
    before = await world.results()
    assert person.words("consultation.intro", title="", count=4).split(".")[-2].strip() in person.heard
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
    assert after.groups["channel"][person.channel] == before.groups["channel"].get(person.channel, 0) + 1
    assert after.groups["language"][person.language] == before.groups["language"].get(person.language, 0) + 1
    assert after.groups["province"]["Tétouan"] == before.groups["province"].get("Tétouan", 0) + 1
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


async def test_says_what_is_expected_three_times_then_helps(person: Person) -> None:
    for _ in range(3):
        await person.say("xyzzy")
        assert person.heard.startswith(person.words("missed"))
        assert "1/4" in person.heard
    await person.say("xyzzy")
    assert person.heard.startswith(person.words("help"))


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("stop", "stopped"),
        ("توقف", "stopped"),
        ("ⵙⴱⴷⴷ", "stopped"),
        ("aide", "help"),
        ("مساعدة", "help"),
        ("tiwisi", "help"),
    ],
)
async def test_global_words_work_at_every_step(
    world: World, channel: str, language: str, word: str, message: str
) -> None:
    from tests.people import PEOPLE

    steps = [
        lambda p: p.pick({"ar": 1, "fr": 2, "zgh": 3}[language]),
        lambda p: p.pick(1),
        lambda p: p.pick(3),
        *[lambda p: p.pick(1)] * 3,
    ]
    for depth in range(1, len(steps) + 1):
        person: Person = PEOPLE[channel](world, language)
        await person.say("hello")
        for step in steps[:depth]:
            await step(person)
        await person.say(word)
        assert person.heard.startswith(person.words(message)), (depth, person.heard)


async def test_polite_words_after_the_end_close_politely(person: Person) -> None:
    await answer_all(person)
    await person.say("merci")
    assert person.heard == person.words("polite")


async def test_declining_sends_nothing_more(world: World, channel: str, language: str) -> None:
    from tests.people import PEOPLE

    person: Person = PEOPLE[channel](world, language)
    await person.say("bonjour")
    await person.pick({"ar": 1, "fr": 2, "zgh": 3}[language])
    await person.pick(2)
    assert person.heard == person.words("consent.declined")
    await person.say("1234")
    assert person.heard == person.words("stopped.still")
