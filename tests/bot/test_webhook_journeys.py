"""Telegram by webhook, as a person uses it: a whole journey, taps new and old, leaving and coming back."""

from __future__ import annotations

import pytest

from tests.ballots import answers_of, ballots_of, resident_of
from tests.bot.conftest import CallRecorder
from tests.bot.updates import number_of, post, tap
from tests.people import TelegramPerson, joined
from tests.world import World


@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
async def test_a_whole_journey(hooked: World, language: str) -> None:
    person = await joined(hooked, "telegram", language)
    for place in (1, 2, 4):
        await person.pick(place)
    await person.say("une route")
    assert isinstance(person, TelegramPerson)
    answers = await answers_of(hooked, "telegram", str(number_of(person)))
    assert answers == {1: ["1"], 2: ["no"], 3: ["4"], 4: ["une route"]}
    assert hooked.network.alerts == []


async def test_a_tap_is_acknowledged_before_anything_else(
    hooked: World, person: TelegramPerson, recorder: CallRecorder
) -> None:
    recorder.calls.clear()
    await person.pick(2)
    assert recorder.calls[0] == "answerCallbackQuery"
    assert sorted(recorder.calls[1:]) == ["editMessageReplyMarkup", "sendMessage"]


async def test_a_tap_too_old_to_acknowledge_still_counts(hooked: World, person: TelegramPerson) -> None:
    asked = person.user.last
    answer = await post(hooked, tap(number_of(person), asked.message_id, asked.buttons[2][0][1]))
    assert answer.status_code == 200
    assert await answers_of(hooked, "telegram", str(number_of(person))) == {1: ["3"]}
    assert "2/4" in person.heard


async def test_a_tap_on_an_old_message_changes_that_answer_only(hooked: World, person: TelegramPerson) -> None:
    first = person.user.last
    await person.pick(1)
    await person.pick(2)
    before = person.count
    await person.user.tap_on(first.message_id, first.buttons[2][0][1])
    await hooked.network.settled()
    assert person.count == before
    assert "3/4" in person.heard
    assert [row[0][0].startswith("✓") for row in first.buttons[:3]] == [False, False, True]
    assert await answers_of(hooked, "telegram", str(number_of(person))) == {1: ["3"], 2: ["no"]}


FORGED = (
    "", ":", "q", "q:", "q:0:1", "q:-1:1", "q:9999999:1", "q:9223372036854775808:1", "q:1:99", "lang:xx", "prov:99.999",
    "open:nothing", "home:x", "quatre", "\x00", "\ud83d", "x" * 65, "q:1:" + "9" * 5000, "é" * 5000,
)  # fmt: skip


async def test_an_unknown_button_is_answered_and_casts_nothing(hooked: World, person: TelegramPerson) -> None:
    asked, who = person.user.last.message_id, number_of(person)
    for data in FORGED:
        before = person.count
        assert (await post(hooked, tap(who, asked, data))).status_code == 200, data[:40]
        assert person.count == before + 1, data[:40]
        assert await ballots_of(hooked, "telegram", str(who)) == [], data[:40]
        await person.say("aide")  # a greeting that leads nowhere is answered twice in an hour
        assert "1/4" in person.heard, data[:40]
    await person.pick(2)
    assert "2/4" in person.heard
    assert await answers_of(hooked, "telegram", str(who)) == {1: ["2"]}


async def test_who_blocks_is_stopped_until_they_say_start(hooked: World, person: TelegramPerson) -> None:
    async def state() -> str:
        resident = await resident_of(hooked, "telegram", str(number_of(person)))
        assert resident is not None
        return resident.state

    before = person.count
    await person.user.block()
    assert await state() == "stopped"
    await person.user.unblock()
    await hooked.network.settled()
    assert (await state(), person.count) == ("stopped", before)
    await person.say("1")
    assert person.heard == person.words("stopped.still")
    await person.user.start()
    await person.pick(1)
    assert await state() == "active"
    assert "1/4" in person.heard
