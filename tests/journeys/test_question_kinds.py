"""Every kind of question, by number on a feature phone and by tapping on Telegram."""

from __future__ import annotations

from typing import Any

import pytest

from tests.consultations import every_kind, other_kinds
from tests.databases import PostgresDatabases, SqliteDatabases
from tests.people import TelegramPerson, joined
from tests.wire.checker import WireChecker
from tests.world import World, living


@pytest.fixture(scope="module", params=[every_kind, other_kinds], ids=["every", "other"])
async def kinds(
    request: pytest.FixtureRequest, databases: SqliteDatabases | PostgresDatabases, checker: WireChecker
) -> Any:
    async with living(await databases.fresh(), checker, consultation=request.param()) as living_world:
        yield living_world


def counted(results: Any, position: int) -> dict[str, int]:
    return {answer.value: answer.count for answer in results.questions[position].answers if answer.count}


def labels(person: TelegramPerson) -> list[str]:
    return [label for row in person.user.last.buttons for label, _ in row]


@pytest.mark.parametrize("kinds", [every_kind], indirect=True, ids=["every"])
async def test_closed_kinds_by_sms(kinds: World) -> None:
    before = await kinds.results("kinds")
    person = await joined(kinds, "sms", "fr")
    for text, place in (("non", "2/5"), ("b", "3/5"), ("1, 3 et 4", "4/5"), ("3 1 2", "5/5")):
        await person.say(text)
        assert place in person.heard, person.heard
    await person.say("Chefchaouen")
    results = await kinds.results("kinds")
    assert results.complete - before.complete == 1
    assert counted(results, 0).get("no", 0) - counted(before, 0).get("no", 0) == 1
    assert [answer.count for answer in results.questions[2].answers] == [1, 0, 1, 1]
    assert [answer.mean_rank for answer in results.questions[3].answers] == [2, 3, 1]
    assert counted(results, 4) == {"01.151": 1}


@pytest.mark.parametrize("kinds", [every_kind], indirect=True, ids=["every"])
@pytest.mark.parametrize(("place", "wrong"), [(3, "5"), (4, "1 9"), (2, "4"), (2, "1 2")])
async def test_wrong_answers_are_not_guessed_by_sms(kinds: World, place: int, wrong: str) -> None:
    person = await joined(kinds, "sms", "fr")
    for _ in range(place - 1):
        await person.way("skip")
    await person.say(wrong)
    one = (place, wrong) == (2, "1 2")  # two choices for one are understood, and too many
    assert person.heard.startswith(person.words("rule.one" if one else "missed"))
    assert f"{place}/5" in person.heard


@pytest.mark.parametrize("kinds", [every_kind], indirect=True, ids=["every"])
async def test_a_broken_rule_is_told_and_asked_again(kinds: World) -> None:
    person = await joined(kinds, "sms", "fr")
    for _ in range(2):
        await person.way("skip")
    for wrong, rule in (("1 1", person.words("rule.twice")), ("1 2 3 4", person.words("rule.many", given=4, most=3))):
        await person.say(wrong)
        assert person.heard.startswith(rule)
        assert "3/5" in person.heard
    await person.way("skip")
    await person.say("1")
    assert person.words("more.ask") in person.heard  # two are asked for
    await person.way("done")
    assert person.heard.startswith(person.words("rule.few", given=1, least=2))
    assert "4/5" in person.heard
    await person.say("0")
    assert "3/5" in person.heard


@pytest.mark.parametrize("kinds", [every_kind], indirect=True, ids=["every"])
async def test_several_and_ranking_by_tapping(kinds: World) -> None:
    person = await joined(kinds, "telegram", "ar")
    assert isinstance(person, TelegramPerson)
    await person.way("skip")
    await person.way("skip")
    message = person.user.last.message_id
    await person.pick(1)
    await person.pick(3)
    await person.pick(1)  # removed again
    await person.pick(4)
    assert person.user.last.message_id == message
    assert [label for label in labels(person) if label.startswith("✓")] == ["✓ 3) نص option 3", "✓ 4) نص option 4"]
    await person.way("done")
    assert "4/5" in person.heard
    await person.pick(2)
    assert not any(data.endswith(":done") for row in person.user.last.buttons for _, data in row)  # two are asked for
    await person.pick(1)
    assert labels(person)[:2] == ["✓ 1) نص option 1 (2)", "✓ 2) نص option 2 (1)"]
    await person.way("done")
    assert "5/5" in person.heard


@pytest.mark.parametrize("kinds", [other_kinds], indirect=True, ids=["other"])
@pytest.mark.parametrize("channel", ["sms", "telegram"])
async def test_scale_number_and_text(kinds: World, channel: str) -> None:
    before = await kinds.results("others")
    person = await joined(kinds, channel, "zgh")
    for wrong in ("4", "-1", "1,5", "beaucoup"):
        await person.say(wrong)
        assert "1/3" in person.heard
    await person.say("٠")
    for wrong in ("121", "3,5", "9" * 30):
        await person.say(wrong)
        assert "2/3" in person.heard
    await person.say("٤٢")
    assert "3/3" in person.heard
    await person.say("1")  # a text, not a choice
    results = await kinds.results("others")
    assert results.complete - before.complete == 1
    assert counted(results, 0)["0"] - counted(before, 0).get("0", 0) == 1
    assert counted(results, 1)["42"] - counted(before, 1).get("42", 0) == 1
    assert results.questions[2].values_given - before.questions[2].values_given == 1


@pytest.mark.parametrize("kinds", [every_kind], indirect=True, ids=["every"])
async def test_a_tap_on_an_older_message_changes_only_that_answer(kinds: World) -> None:
    before = await kinds.results("kinds")
    person = await joined(kinds, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    first = person.user.last
    await person.pick(1)
    await person.pick(2)
    count = person.count
    no = next(data for row in first.buttons for _, data in row if data.endswith(":no"))
    await person.user.tap_on(first.message_id, no)
    await person.network.settled()
    assert person.count == count
    assert "3/5" in person.heard
    results = await kinds.results("kinds")
    assert counted(results, 0).get("no", 0) - counted(before, 0).get("no", 0) == 1
    assert counted(results, 0).get("yes", 0) == counted(before, 0).get("yes", 0)
