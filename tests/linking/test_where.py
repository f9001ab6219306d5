"""Somebody who links is told where to send the code: our number on Telegram, the bot's name by SMS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sawt.compose import compose
from sawt.doctor.checks import examine
from tests.linking.acts import shown_code
from tests.people import joined
from tests.wire.checker import WireChecker
from tests.world import living, settings_for


@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
async def test_the_number_and_the_bot_are_named(database_url: str, checker: WireChecker, language: str) -> None:
    async with living(database_url, checker, telegram_bot="@sawt_bot") as world:
        for channel, message, where in (
            ("telegram", "link.app.number", {"number": "0600000099"}),
            ("sms", "link.phone.bot", {"bot": "sawt_bot"}),
        ):
            person = await joined(world, channel, language)
            await person.say({"ar": "ربط", "fr": "LIER", "zgh": "zdi"}[language])
            assert person.words(message, code=shown_code(person), **where) in person.heard


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({}, "0600000099"), ({"twilio_sender": "SAWT"}, ""), ({"twilio_sender": "MG" + "0" * 32}, ""),
        ({"twilio_sender": "SAWT", "answer_to": "5050"}, "5050"),
    ],
)  # fmt: skip
def test_only_a_number_that_takes_answers_is_named(tmp_path: Path, changed: dict[str, Any], number: str) -> None:
    service = compose(settings_for(f"sqlite+aiosqlite:///{tmp_path}/nowhere.db", "http://127.0.0.1:1", **changed))
    assert (service.dialogue.context.number, service.dialogue.context.bot) == (number, "")


async def test_where_nothing_is_known_the_code_is_said_alone(database_url: str, checker: WireChecker) -> None:
    async with living(database_url, checker) as world:
        person = await joined(world, "sms", "fr")
        await person.say("LIER")
        assert person.words("link.phone", code=shown_code(person)) in person.heard


@pytest.mark.parametrize(
    ("name", "good"), [("", True), ("SawtBot", True), ("@sawt_bot", True), ("t.me/SawtBot", False)]
)
async def test_the_doctor_knows_a_bots_name(tmp_path: Path, name: str, good: bool) -> None:
    settings = settings_for(f"sqlite+aiosqlite:///{tmp_path}/nowhere.db", "http://127.0.0.1:1", telegram_bot=name)
    findings = [each async for each in examine(settings)]
    finding = next(each for each in findings if each.subject == "Telegram")
    assert finding.ok is good
    assert ("SAWT_TELEGRAM_BOT" in finding.words) is (name in ("", "t.me/SawtBot"))
