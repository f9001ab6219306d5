"""Votes on proposals in unusual situations: among other questions, from old messages, at closing, shuffled."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.consultations.content import OptionContent, QuestionContent
from api.dialogue.steps.statements import order
from tests.consultations import proposal, question, vote, words
from tests.databases import PostgresDatabases, SqliteDatabases
from tests.journeys.test_main_job import RECEIPT
from tests.journeys.test_rounds import labels, press
from tests.people import TelegramPerson, joined
from tests.wire.checker import WireChecker
from tests.world import World, living

NINE = QuestionContent(1, "statements", words("x"), {}, tuple(OptionContent(str(n), words("y")) for n in range(9)))
channels = pytest.mark.parametrize("channel", ["sms", "telegram"])
languages = pytest.mark.parametrize("language", ["ar", "fr", "zgh"])


def mixed() -> dict[str, Any]:
    """A single choice with longer texts, then statements, then a yes or no."""
    single = {**question("single"), "options": [proposal(place) for place in range(1, 4)]}
    asked = vote("statements", options=3, sitting=2)["questions"][0]
    return {"code": "mixed", "title": words("mixed"), "questions": [single, asked, question("yes_no")]}


@pytest.fixture
async def world(databases: SqliteDatabases | PostgresDatabases, checker: WireChecker) -> AsyncIterator[World]:
    async with living(await databases.fresh(), checker, consultation=mixed()) as living_world:
        yield living_world


@given(st.binary(min_size=32, max_size=32))
def test_an_order_is_of_all_statements_and_stays(token: bytes) -> None:
    ordered = order(NINE, token)
    assert sorted(ordered, key=lambda each: each.value) == list(NINE.options)
    assert order(NINE, token) == ordered


def test_every_statement_comes_first_for_somebody() -> None:
    firsts = Counter(order(NINE, bytes([n % 256, n // 256]) * 16)[0].value for n in range(900))
    assert set(firsts) == {each.value for each in NINE.options}
    assert max(firsts.values()) < 200  # 100 each, on average


@channels
@languages
async def test_statements_among_other_questions(world: World, channel: str, language: str) -> None:
    person = await joined(world, channel, language)
    assert "1/3" in person.heard
    await person.pick(2)
    assert "2/3 " in person.heard  # the question they all belong to
    assert "1/3 " in person.heard  # the first statement
    await person.pick(1)
    await person.way("back")
    assert "1/3 " in person.heard
    await person.way("back")  # to the previous question
    assert person.heard.startswith("1/3 ")
    await person.pick(1)
    assert "2/3 " in person.heard.splitlines()[1]  # the first one not answered
    await person.pick(1)
    await person.way("done")  # the next question does not wait for the last statement
    assert "yes no" in person.heard
    await person.pick(1)
    receipt = RECEIPT.search(person.heard)
    assert receipt
    results = await world.results("mixed")
    assert (results.ballots, results.complete) == (1, 1)
    assert [each.count for each in results.questions[0].answers] == [1, 0, 0]
    assert sum(each.count for each in results.questions[1].answers) == 2
    await person.way("change")
    await person.way("skip")
    assert "3/3 " in person.heard.split("option")[0]  # the one left
    await person.pick(1)
    await person.way("skip")
    assert receipt.group() in person.heard
    results = await world.results("mixed")
    assert [each.count for each in results.questions[1].answers] == [1, 1, 1]
    assert results.ballots == 1


async def test_a_card_of_a_choice_of_one_answers_it(world: World) -> None:
    person = await joined(world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    card = person.user.last
    await press(person, "Détail")
    await press(person, "▶")
    count = person.count
    await press(person, "Choisir")
    assert person.count == count + 1
    assert "2/3 " in person.heard
    shown = next(each for each in person.user.messages if each.message_id == card.message_id)
    assert shown.text.startswith("2/3 texte option 2")
    assert shown.buttons[0][0][0] == "✓ Choisir"
    assert [each.count for each in (await world.results("mixed")).questions[0].answers] == [0, 1, 0]


async def test_old_buttons_still_lead_somewhere_after_a_pause(own_world: World) -> None:
    await own_world.close("plan")
    await own_world.open(vote("statements", options=5, sitting=2))
    person = await joined(own_world, "telegram", "ar")
    assert isinstance(person, TelegramPerson)
    await person.pick(1)
    await person.pick(1)
    paused = person.user.last
    more, later = (data for row in paused.buttons for _, data in row)
    await person.user.tap_on(paused.message_id, later)
    await own_world.network.settled()
    assert RECEIPT.search(person.heard)
    count = person.count
    await person.user.tap_on(paused.message_id, later)
    await own_world.network.settled()
    assert person.count == count
    await person.user.tap_on(paused.message_id, more)
    await own_world.network.settled()
    assert "3/5 " in person.heard
    await own_world.close("round")
    await person.pick(1)
    assert person.words("closed.check") in person.heard


async def test_the_list_can_be_had_again_from_an_old_card(own_world: World) -> None:
    await own_world.close("plan")
    await own_world.open(vote("points", total=20))
    person = await joined(own_world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    await press(person, "Détail")
    card = person.user.last.message_id
    to_list = next(data for row in person.user.last.buttons for _, data in row if data.endswith(":list"))
    await press(person, "+2")
    await press(person, "Liste")
    await person.way("done")
    count = person.count
    await person.user.tap_on(card, to_list.removesuffix(":list"))
    await own_world.network.settled()
    assert "detail 1" in next(each for each in person.user.messages if each.message_id == card).text
    await person.user.tap_on(card, to_list)
    await own_world.network.settled()
    assert person.count == count
    shown = next(each for each in person.user.messages if each.message_id == card)
    assert person.words("points.left", left=18) in shown.text
    first = next(data for row in shown.buttons for label, data in row if label.startswith("✓ A) "))
    await person.user.tap_on(card, first)
    await own_world.network.settled()
    assert [each.points for each in (await own_world.results("round")).questions[0].answers] == [4, 0, 0, 0, 0, 0]


@pytest.mark.parametrize("which", ["C", "ج", "٣", "3", "trois", "c)"])
async def test_the_text_of_one_by_any_of_its_names(own_world: World, which: str) -> None:
    await own_world.close("plan")
    await own_world.open(vote("points", total=20))
    person = await joined(own_world, "sms", "ar")
    await person.say(f"تفاصيل {which}")
    assert "detail 3" in person.heard


async def test_a_ranking_is_made_on_cards_too(own_world: World) -> None:
    await own_world.close("plan")
    await own_world.open(vote("ranking", options=3, least=2))
    person = await joined(own_world, "telegram", "zgh")
    assert isinstance(person, TelegramPerson)
    await press(person, person.words("word.detail"))
    await press(person, "◀")  # wraps around to the last
    assert person.heard.startswith("3/3 ")
    await press(person, person.words("word.choose"))
    await press(person, "▶")
    await press(person, person.words("word.choose"))
    await press(person, person.words("word.list"))
    assert [label.split()[-1] for label in labels(person)[:3] if label.startswith("✓")] == ["(2)", "(1)"]
    await person.way("done")
    assert [each.mean_rank for each in (await own_world.results("round")).questions[0].answers] == [2, None, 1]


@pytest.mark.parametrize(("channel", "language"), [("sms", "fr"), ("telegram", "ar")])
async def test_the_text_of_a_statement_at_rest_is_that_of_ones_own_order(
    own_world: World, channel: str, language: str
) -> None:
    await own_world.close("plan")
    await own_world.open(vote("statements", options=4, sitting=2))
    person = await joined(own_world, channel, language)
    seen = [person.heard]
    for _ in range(2):
        await person.pick(1)
        seen.append(person.heard)
    await person.pick(2)  # another time
    word = {"fr": "détail", "ar": "تفاصيل"}[language]
    for place in (1, 2):
        await person.say(f"{word} {place}")
        number = seen[place - 1].partition("option ")[2][0]
        assert f"detail {number}" in person.heard
    await person.say(word)
    assert person.words("detail.how", number="9")[:-1] in person.heard


async def test_leaving_at_a_pause_shows_no_statement_below_it(own_world: World) -> None:
    await own_world.close("plan")
    asked = vote("statements", options=6, sitting=2)
    await own_world.open({**asked, "questions": [*asked["questions"], question("yes_no")]})
    person = await joined(own_world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    await person.pick(1)
    await person.pick(1)
    pause = person.user.last.message_id
    await person.pick(2)
    assert "2/2 " in person.heard
    shown = next(each for each in person.user.messages if each.message_id == pause)
    below = {label for row in shown.buttons for label, _ in row}
    assert person.words("word.agree") not in below
