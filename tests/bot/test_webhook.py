"""Telegram by webhook, edge cases: who may post, what is handled, what is ignored, and what fails."""

from __future__ import annotations

import json
from asyncio import gather
from typing import Any

import pytest
from sqlalchemy import text

from tests.ballots import answers_of
from tests.bot.updates import SECRET, inbound, message, number_of, post, tap, update
from tests.people import TelegramPerson, joined_by_words
from tests.world import World


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", "é"], ids=range(5))
async def test_who_does_not_know_the_secret_is_refused(
    hooked: World, person: TelegramPerson, secret: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await inbound(hooked), person.count
    capsys.readouterr()
    for _ in range(2):
        answer = await post(hooked, update(message=message(number_of(person), text="chocolate")), secret=secret)
        assert answer.status_code == 403
    assert (await inbound(hooked), person.count) == before
    logged = "".join(capsys.readouterr())
    assert logged.count("webhook.refused") == 2
    counts = [int(line.rsplit("count=", 1)[1].split()[0]) for line in logged.splitlines() if "count=" in line]
    assert counts[1] == counts[0] + 1
    assert "chocolate" not in logged
    assert str(number_of(person)) not in logged


UNREADABLE: list[bytes] = [
    b"", b"{", b"null", b"true", b"[]", b"17", b'"chocolate"', b"{}", b"\xff\xfe", b"NaN",
    b"[" * 60_000, b'{"a":' * 12_000,
    b'{"message": {"text": "chocolate"}}',
    *(json.dumps(update(**wrong)).encode() for wrong in (
        {"message": 5}, {"message": {"text": "chocolate"}}, {"message": {**message(1, text="chocolate"), "date": "x"}},
        {"message": {**message(1, text="chocolate"), "chat": None}}, {"callback_query": {"data": "chocolate"}},
        {"my_chat_member": {"chat": {"id": 1}}}, {"message": [message(1, text="chocolate")]},
    )),
]  # fmt: skip


NO_IDS: list[Any] = [True, 900000001.0, "900000001", "٩٠", {"a": 1}, [1], "9" * 5_000, 0, -1, 2**52, 10**400, None]


@pytest.mark.parametrize("number", NO_IDS, ids=range(len(NO_IDS)))
async def test_an_invalid_id_makes_no_resident(hooked: World, number: Any) -> None:
    before = await inbound(hooked)
    spoken, tapped = message(1, text="bonjour"), tap(1, 1, "x")
    for each in (spoken, tapped["callback_query"]):
        each["from"]["id"] = number
    nowhere, unnumbered = message(900000002, text="bonjour"), message(900000002, text="bonjour")
    nowhere["chat"]["id"], unnumbered["message_id"] = number, "one"
    every = (update(message=spoken), tapped, update(message=nowhere), update(message=unnumbered))
    for each in (*every, {**update(message=message(900000002, text="bonjour")), "update_id": number}):
        assert (await post(hooked, each)).status_code == 200
    assert await inbound(hooked) == before


@pytest.mark.parametrize("words", [5, True, ["bonjour"], {"a": 1}])
async def test_a_text_that_is_no_string_is_not_handled(
    hooked: World, words: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await inbound(hooked)
    for each in ({"text": words}, {"caption": words}):
        assert (await post(hooked, update(message={**message(900000004), **each}))).status_code == 200
    assert await inbound(hooked) == before
    assert "telegram.update_failed" not in capsys.readouterr().out


async def test_a_tap_in_a_group_is_no_answer(hooked: World) -> None:
    before = await inbound(hooked)
    tapped = tap(900000003, 1, "x")
    tapped["callback_query"]["message"]["chat"] = {"id": -5, "type": "group", "title": "a group"}
    assert (await post(hooked, tapped)).status_code == 200
    assert await inbound(hooked) == before


@pytest.mark.parametrize("body", UNREADABLE, ids=range(len(UNREADABLE)))
async def test_an_unreadable_update_is_accepted_and_logged(
    hooked: World, body: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await inbound(hooked)
    capsys.readouterr()
    assert (await post(hooked, body)).status_code == 200
    assert await inbound(hooked) == before
    logged = "".join(capsys.readouterr())
    assert "telegram.malformed_update" in logged or "telegram.update_failed" in logged
    assert "chocolate" not in logged


SILENT: dict[str, Any] = {
    "group": lambda who: {"message": message(who, kind="group", text="bonjour")},
    "supergroup": lambda who: {"message": message(who, kind="supergroup", text="bonjour")},
    "channel": lambda who: {"channel_post": message(who, kind="channel", text="bonjour")},
    "pinned": lambda who: {"message": message(who, pinned_message=message(who, text="1"))},
    "answer to a poll": lambda who: {
        "poll_answer": {"poll_id": "1", "option_ids": [0], "option_persistent_ids": ["0"]}
    },
    "unknown": lambda who: {"telepathy": {"text": "1"}},
    "nothing": lambda who: {},
}


@pytest.mark.parametrize("kind", SILENT)
async def test_silence(hooked: World, person: TelegramPerson, kind: str) -> None:
    before = await inbound(hooked), person.count
    answer = await post(hooked, update(**SILENT[kind](number_of(person))))
    await hooked.network.settled()
    assert answer.status_code == 200
    assert (await inbound(hooked), person.count) == before


@pytest.mark.parametrize("words", ["\ud83d", "\x00", " ", "9" * 4096, "\u202e\u2066"], ids=range(5))
async def test_any_text_is_answered(hooked: World, person: TelegramPerson, words: str) -> None:
    before = person.count
    assert (await post(hooked, update(message=message(number_of(person), text=words)))).status_code == 200
    assert person.count == before + 1


@pytest.mark.parametrize("payload", ["\ud83d", "\x00", "x" * 100, "plan", "é ⴰ ع"], ids=range(5))
async def test_any_deep_link_is_followed(hooked: World, payload: str) -> None:
    user = hooked.network.telegram_user(hooked.chat(), language_code="fr")
    user.profile.started = True
    assert (await post(hooked, update(message=message(user.profile.id, text=f"/start {payload}")))).status_code == 200
    assert len(user.messages) == 1


async def test_an_update_repeated_has_one_effect(hooked: World, person: TelegramPerson) -> None:
    before, heard = person.count, await inbound(hooked)
    again = update(message=message(number_of(person), text="2"))
    answers = [*await gather(post(hooked, again), post(hooked, again)), await post(hooked, again)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert (person.count, await inbound(hooked)) == (before + 1, heard + 1)
    assert await answers_of(hooked, "telegram", str(number_of(person))) == {1: ["2"]}


async def test_a_failure_inside_is_noted_without_content_and_not_repeated(
    hooked: World, person: TelegramPerson, capsys: pytest.CaptureFixture[str]
) -> None:
    async with hooked.db.transaction() as session:  # a step that no version of ours writes
        await session.execute(text("UPDATE conversations SET step = 'nowhere'"))
    capsys.readouterr()
    answer = await post(hooked, update(message=message(number_of(person), text="chocolate")))
    assert answer.status_code == 200
    logged = "".join(capsys.readouterr())
    assert logged.count("telegram.update_failed") == 1
    assert "chocolate" not in logged
    assert str(number_of(person)) not in logged
    assert (await joined_by_words(hooked, "telegram", "fr")).count == 4
