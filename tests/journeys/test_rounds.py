"""Votes on proposals under each rule, on both channels, in three languages: reading, choosing, changing, counting."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from api.dialogue.understand.values.letters import SIGNS
from sms.segments import count
from tests.consultations import vote
from tests.databases import PostgresDatabases, SqliteDatabases
from tests.journeys.test_main_job import RECEIPT
from tests.people import Person, TelegramPerson, joined
from tests.wire.checker import WireChecker
from tests.world import World, living

LANGUAGES = ("ar", "fr", "zgh")
DETAIL = {"ar": "تفاصيل ٤", "fr": "détail 4", "zgh": "uggar 4"}


@pytest.fixture(scope="module")
async def worlds(databases: SqliteDatabases | PostgresDatabases, checker: WireChecker) -> AsyncIterator[Any]:
    """Every rule's round in a world of its own."""
    rounds = {
        "approve": vote("several"),
        "limited": vote("several", most=2, threshold=1),
        "ranking": vote("ranking", most=3, least=2),
        "points": vote("points", total=10, least=2, threshold=6),
        "stances": vote("statements", options=7, sitting=3),
    }
    by_kind: dict[str, World] = {}
    managers = []
    try:
        for name, consultation in rounds.items():
            manager = living(await databases.fresh(), checker, consultation=consultation)
            by_kind[name] = await manager.__aenter__()
            managers.append(manager)
        yield by_kind
    finally:
        for manager in reversed(managers):
            await manager.__aexit__(None, None, None)


def added(before: Any, after: Any, name: str = "count") -> list[int]:
    pairs = zip(after.questions[0].answers, before.questions[0].answers, strict=True)
    return [getattr(now, name) - getattr(then, name) for now, then in pairs]


def labels(person: TelegramPerson) -> list[str]:
    return [label for row in person.user.last.buttons for label, _ in row]


async def press(person: TelegramPerson, label: str) -> None:
    buttons = [button for row in person.user.last.buttons for button in row]
    await person.user.tap_on(person.user.last.message_id, next(data for shown, data in buttons if shown == label))
    await person.network.settled()


BY_SMS = {
    "approve": ("1, 3, 4 et 6", [1, 0, 1, 1, 0, 1]),
    "limited": ("2 5", [0, 1, 0, 0, 1, 0]),
    "ranking": ("3 1", [1, 0, 1, 0, 0, 0]),
    "points": ("A5 C3", [1, 0, 1, 0, 0, 0]),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("rule", BY_SMS)
async def test_a_ballot_in_words_is_counted(worlds: dict[str, World], rule: str, channel: str, language: str) -> None:
    world = worlds[rule]
    before = await world.results("round")
    person = await joined(world, channel, language)
    if channel == "sms":
        first = {"ar": "أ", "fr": "a", "zgh": "a"}[language] if rule == "points" else "1"
        assert f"{person.words('word.detail')} {first}".upper() in person.heard.upper()
    text, counts = BY_SMS[rule]
    await person.say(text)
    assert RECEIPT.search(person.heard), person.heard
    assert added(before, await world.results("round")) == counts


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", ["sms", "telegram"])
@pytest.mark.parametrize("rule", BY_SMS)
async def test_the_text_of_one_is_read_before_and_after(
    worlds: dict[str, World], rule: str, channel: str, language: str
) -> None:
    person = await joined(worlds[rule], channel, language)
    await person.say(DETAIL[language])
    assert "option 4" in person.heard
    assert "detail 4" in person.heard
    assert "option 3" not in person.heard
    for unclear in ("detail", "detail 7", "detail 0", "detail xyz"):
        await person.say(unclear)
        last = SIGNS[language][5] if rule == "points" else "6"
        assert person.heard == person.words("detail.how", number=last)
    await person.say(BY_SMS[rule][0])  # it is still being asked
    assert RECEIPT.search(person.heard), person.heard
    await person.say(DETAIL[language])
    assert "detail 4" in person.heard


async def test_no_vote_no_text(world: World) -> None:
    person = await joined(world, "sms", "fr")
    await person.say("detail 4")
    assert person.heard == person.words("detail.none")
    await person.pick(1)
    assert "2/4" in person.heard


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_short_list_and_a_text_by_sms_cost_little(worlds: dict[str, World], language: str) -> None:
    person = await joined(worlds["points"], "sms", language)
    letters = {"ar": "أبجدهز", "fr": "ABCDEF", "zgh": "ABCDEF"}[language]
    for letter in letters:
        assert f"\n{letter}) " in person.heard
    assert count(person.heard).parts <= (4 if language == "ar" else 3)
    await person.say(DETAIL[language])
    assert person.heard.startswith(f"{letters[3]}) ")
    assert count(person.heard).parts == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_points_beyond_the_total_or_unclear_are_not_taken(
    worlds: dict[str, World], channel: str, language: str
) -> None:
    world = worlds["points"]
    before = await world.results("round")
    person = await joined(world, channel, language)
    for wrong in ("A8 C3", "A10", "A5 A3", "1 5", "A5 G1", "C3", "a b", "A5 C3 stp peut-être"):
        await person.say(wrong)
        assert person.words("expect.points", count=10, example="x")[:6] in person.heard or "DETAIL" not in person.heard
        assert not RECEIPT.search(person.heard), wrong
        await person.say("aide")  # so that misses do not add up
    assert (await world.results("round")).ballots == before.ballots
    await person.say("ا٤ وج٦")
    assert RECEIPT.search(person.heard), person.heard
    assert added(before, await world.results("round"), "points") == [4, 0, 6, 0, 0, 0]


async def test_points_say_what_was_understood_and_can_be_changed(worlds: dict[str, World]) -> None:
    world = worlds["points"]
    person = await joined(world, "sms", "fr")
    before = await world.results("round")
    await person.say("1:7, 2:3")
    assert person.words("echo", said="texte option 1 : 7, texte option 2 : 3") in person.heard
    receipt = RECEIPT.search(person.heard)
    await person.way("change")
    assert "texte option 1 (7)" in person.heard
    await person.say("f9 e1")
    assert receipt
    assert receipt.group() in person.heard
    after = await world.results("round")
    assert added(before, after, "points") == [0, 0, 0, 0, 1, 9]
    assert after.ballots - before.ballots == 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_points_by_tapping(worlds: dict[str, World], language: str) -> None:
    world = worlds["points"]
    before = await world.results("round")
    person = await joined(world, "telegram", language)
    assert isinstance(person, TelegramPerson)
    messages = person.count
    for _ in range(6):
        await person.pick(1)
    for _ in range(4):
        await person.pick(2)
    assert person.words("points.left", left=0) in person.heard
    assert "(6)" in labels(person)[0]
    assert "(4)" in labels(person)[1]
    await person.pick(1)  # no points are left: they come back
    assert person.words("points.left", left=6) in person.heard
    await person.pick(3)
    await person.way("done")
    assert RECEIPT.search(person.heard)
    assert person.count == messages + 1
    assert added(before, await world.results("round"), "points") == [0, 4, 1, 0, 0, 0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rule", ["approve", "points"])
async def test_cards_are_turned_over_in_one_message(worlds: dict[str, World], rule: str, language: str) -> None:
    world = worlds[rule]
    before = await world.results("round")
    person = await joined(world, "telegram", language)
    assert isinstance(person, TelegramPerson)
    messages, asked = person.count, person.heard
    await press(person, person.words("word.detail"))
    assert person.heard.startswith("1/6 ")
    assert "detail 1" in person.heard
    back, on = ("▶", "◀") if language == "ar" else ("◀", "▶")  # Arabic is read to the left
    await press(person, on)
    await press(person, on)
    assert person.heard.startswith("3/6 ")
    await press(person, person.words("word.choose") if rule == "approve" else "+1")
    assert labels(person)[0].startswith("✓ ")
    assert "detail 3" in person.heard
    if rule == "points":
        assert person.words("points.given", given=1) in person.heard
    await press(person, back)
    assert person.heard.startswith("2/6 ")
    await press(person, person.words("word.choose") if rule == "approve" else "+1")
    await press(person, person.words("word.list"))
    assert asked.splitlines()[-1] in person.heard
    assert [label.startswith("✓ ") for label in labels(person)[:6]] == [False, True, True, False, False, False]
    assert person.count == messages
    await person.way("done")
    assert RECEIPT.search(person.heard)
    assert added(before, await world.results("round")) == [0, 1, 1, 0, 0, 0]


async def test_an_old_card_changes_the_ballot_until_closing(own_world: World) -> None:
    await own_world.close("plan")
    await own_world.open(vote("several"))
    person = await joined(own_world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    await press(person, "Détail")
    card = person.user.last
    pick = next(data for row in card.buttons for _, data in row if data.endswith(":pick"))
    await press(person, "Choisir")
    await press(person, "Liste")
    await person.way("done")
    text = person.count
    await person.user.tap_on(card.message_id, pick.replace(":pick", ""))
    await person.network.settled()
    second = next(data for row in card.buttons for label, data in row if label == "▶")
    await person.user.tap_on(card.message_id, f"{second}:pick")
    await person.network.settled()
    assert person.count == text
    assert [each.count for each in (await own_world.results("round")).questions[0].answers] == [1, 1, 0, 0, 0, 0]
    for forged in ("card", "card:", "card:x", "card:1:x:pick", f"{second}:nothing", "card:" + "9" * 30):
        await person.user.tap_on(card.message_id, forged)
        await person.network.settled()
    assert [each.count for each in (await own_world.results("round")).questions[0].answers] == [1, 1, 0, 0, 0, 0]
    await own_world.close("round")
    await person.user.tap_on(card.message_id, pick)
    await person.network.settled()
    assert person.heard == person.words("closed.check")
    assert [each.count for each in (await own_world.results("round")).questions[0].answers] == [1, 1, 0, 0, 0, 0]


def shown(person: Person) -> str:
    """The option number of the statement shown."""
    return person.heard.split("option ")[1].split()[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_statements_come_one_by_one_and_are_resumed(
    worlds: dict[str, World], channel: str, language: str
) -> None:
    world = worlds["stances"]
    before = await world.results("round")
    person = await joined(world, channel, language)
    seen = [shown(person)]
    assert "1/7 " in person.heard
    await person.pick(1)
    assert "2/7 " in person.heard
    seen.append(shown(person))
    await person.pick(2)
    seen.append(shown(person))
    await person.way("back")
    assert "2/7 " in person.heard
    assert shown(person) == seen[1]
    await person.pick(1)
    assert "3/7 " in person.heard
    await person.way("skip")
    assert person.heard == person.words("statements.pause", answered="3/7") or person.heard.startswith(
        person.words("statements.pause", answered="3/7")
    )
    await person.pick(2)
    assert RECEIPT.search(person.heard)
    assert "3/7" in person.heard
    middle = await world.results("round")
    assert (middle.ballots - before.ballots, middle.complete - before.complete) == (1, 0)
    await person.say("salam")
    assert "round\n" in person.heard
    assert "4/7 " in person.heard
    for _ in range(3):
        seen.append(shown(person))
        await person.pick(1)
    await person.pick(1)  # go on
    assert "7/7 " in person.heard
    seen.append(shown(person))
    await person.pick(2)
    assert RECEIPT.search(person.heard)
    assert sorted(seen) == sorted("1234567")
    after = await world.results("round")
    assert (after.ballots - before.ballots, after.complete - before.complete) == (1, 1)
    counts = {
        answer.label["fr"].split()[-1]: answer.stances
        for answer in after.questions[0].answers
        if answer.label and answer.stances
    }
    then = {each.label["fr"].split()[-1]: each.stances for each in before.questions[0].answers if each.label}
    gained = {
        number: (now.agree - then[number].agree, now.disagree - then[number].disagree, now.passed - then[number].passed)
        for number, now in counts.items()
    }
    assert [gained[number] for number in seen] == [
        (1, 0, 0), (1, 0, 0), (0, 0, 1), (1, 0, 0), (1, 0, 0), (1, 0, 0), (0, 1, 0),
    ]  # fmt: skip


@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_stances_in_words(worlds: dict[str, World], channel: str) -> None:
    world = worlds["stances"]
    person = await joined(world, channel, "fr")
    for place, words in enumerate(("oui", "je ne suis pas d'accord", "sans avis"), start=1):
        assert f"{place}/7 " in person.heard
        await person.say(words)
    await person.say("oui")
    assert "4/7 " in person.heard
    await person.say("détail")
    assert "detail" in person.heard
    await person.say("passer")
    assert "5/7 " in person.heard
    await person.say("terminé")
    assert "4/7" in person.heard
    assert RECEIPT.search(person.heard)


async def test_statements_stay_in_one_message_on_telegram(worlds: dict[str, World]) -> None:
    person = await joined(worlds["stances"], "telegram", "ar")
    assert isinstance(person, TelegramPerson)
    messages = person.count
    for _ in range(2):
        await person.pick(1)
    await press(person, person.words("word.detail"))
    assert "detail " in person.heard
    await person.pick(1)
    await person.pick(1)
    assert person.count == messages
    assert "4/7 " in person.heard


async def test_an_old_statement_changes_its_stance_alone(worlds: dict[str, World]) -> None:
    world = worlds["stances"]
    person = await joined(world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    first = person.user.last.buttons
    agree, disagree = (data for row in first[:2] for _, data in row)
    await person.pick(1)
    await person.pick(1)
    await person.way("done")
    before = await world.results("round")
    text = person.count
    await person.user.tap_on(person.user.last.message_id, disagree)
    await person.network.settled()
    assert person.count == text
    after = await world.results("round")
    assert sum(a.stances.disagree - b.stances.disagree for a, b in _stances(before, after)) == 1
    assert sum(a.stances.agree - b.stances.agree for a, b in _stances(before, after)) == -1
    assert agree != disagree


def _stances(before: Any, after: Any) -> Any:
    return zip(after.questions[0].answers, before.questions[0].answers, strict=True)
