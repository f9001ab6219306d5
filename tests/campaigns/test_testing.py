"""Test messages on both databases: the real text, marked, to any phone except one that said STOP, counted nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from api.campaigns import service
from api.outbox.models import Delivery, StateCount
from api.residents.models import Consent, Resident
from sms.text import plain_sms
from tests.api.office import call, rows
from tests.campaigns.crowd import address
from tests.campaigns.test_campaigns import INVITATION, NEWS, make
from tests.people import SmsPerson, TelegramPerson, joined
from tests.terminal import Terminal
from tests.world import World

MARKS = {"ar": "رسالة تجريبية:", "fr": "Ceci est un test :", "zgh": plain_sms("tuzint n uram (test):")}


async def try_out(world: World, campaign: int, to: str, **fields: Any) -> Any:
    return await call(world, "POST", f"/v1/campaigns/{campaign}/test", json={"to": to, **fields})


async def people(world: World) -> list[str]:
    async with world.db.transaction() as session:
        return list(await session.scalars(select(Resident.state)))


async def test_a_phone_that_is_no_resident_gets_all_languages_marked(own_world: World) -> None:
    phone = own_world.network.phone(own_world.number())
    campaign = await make(own_world, INVITATION)
    answer = await try_out(own_world, campaign, phone.number)
    assert answer.status_code == 202, answer.text
    assert [(each["language"], each["channel"], each["road"]) for each in answer.json()] == [
        (language, "sms", "twilio") for language in ("ar", "fr", "zgh")
    ]
    await own_world.deliver()
    assert [each.text.split("\n")[0] for each in phone.inbox] == list(MARKS.values())
    assert await people(own_world) == ["joining"]  # without any consent
    async with own_world.db.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(Consent)) == 0


async def test_it_is_the_very_text_as_it_would_be_frozen(own_world: World) -> None:
    tested, invited = own_world.network.phone(own_world.number()), await joined(own_world, "sms", "fr")
    campaign = await make(own_world, {**INVITATION, "purpose": "remind"}, urgent=True)
    await try_out(own_world, campaign, tested.number, language="fr")
    await own_world.deliver()
    for step in ("submit", "approve", "launch"):
        answer = await call(own_world, "POST", f"/v1/campaigns/{campaign}/{step}", who="idir")
        assert answer.status_code == 200, answer.text
    await own_world.deliver()
    assert [each.text for each in tested.inbox] == [f"{MARKS['fr']}\n{invited.heard}"]


async def test_it_is_counted_nowhere_and_recorded_with_who(own_world: World) -> None:
    campaign = await make(own_world, NEWS)
    await try_out(own_world, campaign, own_world.number(), language="fr")
    async with own_world.db.transaction() as session:
        steps = [(each.step, each.state, each.who) for each in await service.history(session, campaign)]
        assert await session.scalar(select(func.count()).select_from(StateCount)) == 0
        delivery = (await session.scalars(select(Delivery))).one()
    assert steps[-1] == ("test", "draft", "amina")
    assert (delivery.campaign_id, delivery.body_id, delivery.priority) == (None, None, 0)
    assert delivery.expires_at is not None


async def test_who_was_tested_first_can_still_join(own_world: World) -> None:
    person = SmsPerson(own_world, "fr")
    campaign = await make(own_world, NEWS)
    await try_out(own_world, campaign, person.phone.number, language="fr")
    await own_world.deliver()
    await person.say("bonjour")
    await person.pick(2)
    await person.pick(1)
    await person.pick(3)
    assert await people(own_world) == ["active"]


async def test_nothing_reaches_who_said_stop(own_world: World) -> None:
    person = await joined(own_world, "sms", "fr")
    assert isinstance(person, SmsPerson)
    campaign = await make(own_world, NEWS)
    await try_out(own_world, campaign, person.phone.number, language="fr")  # queued before they stop
    await person.say("STOP")
    heard = person.count
    refused = await try_out(own_world, campaign, person.phone.number)
    assert (refused.status_code, "STOP" in refused.json()["detail"]) == (409, True)
    await own_world.deliver()
    assert person.count == heard


async def test_telegram_is_taken_where_its_owner_has_it(own_world: World) -> None:
    person = await joined(own_world, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    number = own_world.number()
    campaign = await make(own_world, NEWS)
    nobody = await try_out(own_world, campaign, number, channel="telegram")
    assert (nobody.status_code, "telegram" in nobody.json()["detail"]) == (404, True)
    await own(own_world, number)
    answer = await try_out(own_world, campaign, number, language="fr")
    assert [each["channel"] for each in answer.json()] == ["telegram"]
    await own_world.deliver()
    assert person.heard.startswith(MARKS["fr"])


async def own(world: World, number: str) -> None:
    """Give the only resident this number as well."""
    async with world.db.transaction() as session:
        owner = (await session.scalars(select(Resident))).one()
        session.add(address(owner.id, "sms", number))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("hello", "not a phone number"),
        ("+2126", "not a phone number"),
        ("5757", "too short"),
        ("+212000000000", "not assigned"),
        ("0600000001; 0600000002", "only one number"),
        ("whatsapp:+212600000001", "another service"),
    ],
)
async def test_bad_numbers_are_refused_in_words_without_repeating_them(world: World, number: str, words: str) -> None:
    campaign = await make(world, NEWS)
    answer = await try_out(world, campaign, number)
    assert answer.status_code == 422
    assert words in answer.json()["detail"]
    assert number not in answer.text


async def test_no_number_is_kept_or_answered(own_world: World, capfd: pytest.CaptureFixture[str]) -> None:
    number = own_world.number()
    answer = await try_out(own_world, await make(own_world, NEWS), number)
    await own_world.deliver()
    output = capfd.readouterr()
    everything = "\n".join([answer.text, output.out, output.err, *(await rows(own_world)).values()])
    assert number[4:] not in everything
    assert "news" not in answer.text + output.out + output.err


async def test_there_is_no_such_campaign(world: World) -> None:
    assert (await try_out(world, 999_999, world.number())).status_code == 404


async def test_the_command_does_the_same(own_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    phone, campaign = own_world.network.phone(own_world.number()), await make(own_world, INVITATION)
    terminal = Terminal(own_world, monkeypatch)
    sent = await terminal("campaign", "test", str(campaign), "--to", phone.number, "--language", "ar")
    assert sent.stderr == "Queued a test in ar on twilio, 2 SMS segments.\n"
    await own_world.deliver()
    assert [each.text.split("\n")[0] for each in phone.inbox] == [MARKS["ar"]]


async def test_the_command_says_which_word_is_too_long(terminal: Terminal) -> None:
    assert (await terminal.refused("campaign", "test", "1", "--to", "0" * 50)).startswith("to: ")
