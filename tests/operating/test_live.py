"""`sawt doctor --live` sends each enabled provider a harmless request, and reports the response."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import SecretStr

from api.settings import Settings
from sawt.cli.system import doctor
from sawt.doctor.finding import Finding
from sawt.doctor.live_checks import ask_providers
from tests.sms.gateway import HANG, running_gateway
from tests.world import World, settings_for

NOBODY = "http://127.0.0.1:1"


async def asked(settings: Settings) -> dict[str, Finding]:
    """The doctor's findings, by provider."""
    return {each.subject.partition(",")[0]: each async for each in ask_providers(settings)}


def changed(world: World, **more: Any) -> Settings:
    return world.settings.model_copy(update=more)


async def test_each_answers_and_nobody_gets_a_message(own_world: World) -> None:
    findings = await asked(own_world.settings)
    assert {name: (each.ok, each.words) for name, each in findings.items()} == {
        "telegram": (True, "the bot is sawt_rehearsal_bot"),
        "twilio": (True, "the account is active"),
    }
    assert own_world.network.sms.messages == {}


async def test_what_is_wrong_is_told_in_words_without_a_secret(own_world: World) -> None:
    wrong = changed(own_world, twilio_auth_token=SecretStr("wrong-word"), telegram_token=SecretStr("9:" + "w" * 30))
    findings = await asked(wrong)
    assert [each.ok for each in findings.values()] == [False, False]
    assert "the provider refuses our settings: 20003" in findings["twilio"].words
    assert "the provider refuses our settings" in findings["telegram"].words
    assert "wrong-word" not in str(findings)
    assert "w" * 30 not in str(findings)


async def test_an_account_that_is_suspended_and_a_bot_of_another_name(own_world: World) -> None:
    own_world.network.sms.account = "suspended"
    findings = await asked(changed(own_world, telegram_bot="@OtherBot"))
    assert findings["twilio"].words == "the provider refuses our settings: the account is suspended"
    assert findings["telegram"].words == (
        "the provider refuses our settings: the bot is sawt_rehearsal_bot, but SAWT_TELEGRAM_BOT is OtherBot"
    )


async def test_who_is_away_is_said_to_be() -> None:
    settings = settings_for("sqlite+aiosqlite:///none.db", NOBODY, kannel_url=f"{NOBODY}/cgi-bin/sendsms")
    findings = await asked(settings)
    assert {name: each.ok for name, each in findings.items()} == {"kannel": False, "telegram": False, "twilio": False}
    assert findings["twilio"].words == findings["kannel"].words == "the provider cannot be reached: connect"


@pytest.mark.parametrize(
    ("answer", "ok"),
    [
        ((400, "Missing receiver number, rejected"), True),
        ((403, "Authorization failed for sendsms"), False),
        ((404, "Unknown request."), False),
        ((503, "Temporal failure, try again later."), False),
        ((202, "0: Accepted for delivery"), False),  # accepts a message without a receiver: not Kannel
        (HANG, False),
    ],
)
async def test_kannel_is_asked_for_nothing_to_nobody(answer: Any, ok: bool) -> None:
    off = {"twilio_account_sid": "", "telegram_token": SecretStr("")}
    async with running_gateway() as gateway:
        gateway.next = answer
        account = {"kannel_url": gateway.url, "kannel_username": "sawt", "kannel_password": SecretStr("a-word")}
        settings = settings_for("sqlite+aiosqlite:///none.db", NOBODY, **off, **account, patience=0.2)
        findings = await asked(settings)
        assert (list(findings), findings["kannel"].ok) == (["kannel"], ok)
        assert gateway.asked == [{"username": "sawt", "password": "a-word"}]
    assert "a-word" not in findings["kannel"].words


async def test_the_command_asks_only_when_told_to(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Finding] = []
    monkeypatch.setattr(doctor, "_show", lambda findings: bool(shown.append(findings)) or findings.ok is False)
    settings = own_world.settings
    for live, count in ((False, 0), (True, 2)):
        shown.clear()
        assert await doctor._examine(settings, live=live) == 0, shown
        assert len([each for each in shown if "asked now" in each.subject]) == count
