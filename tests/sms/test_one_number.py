"""One SIM is one person, however a provider formats its number; other senders get neither a resident nor a reply."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.api.office import call, rows
from tests.ballots import addresses_of, answers_of
from tests.conftest import Databases
from tests.consultations import question, words
from tests.linking.doubled import stored_as
from tests.people import SmsPerson, TelegramPerson, joined
from tests.sms.gateway import Gateway, running_gateway
from tests.sms.kannels import receive, text_from
from tests.sms.test_kannel import KANNEL
from tests.sms.test_twilio_webhook import INBOUND, signed
from tests.sms.test_twilio_webhook import text_from as from_twilio
from tests.wire.checker import WireChecker
from tests.world import World, living

NO_PHONES = {
    "whatsapp:+212600000001": "scheme", "rcs:+212600000001": "scheme", "INWI": "name", "Maroc Telecom": "name",
    "5757": "short", "+212": "short", "+212000999001": "unassigned", "+881612345678": "global",
    "+870773112345": "global", "+212899999001": "service", "0600000001; 0600000002": "several", "\r\n": "name",
}  # fmt: skip


@pytest.fixture(scope="module")
async def gateway() -> AsyncIterator[Gateway]:
    async with running_gateway() as server:
        yield server


@pytest.fixture(scope="module")
async def world(databases: Databases, checker: WireChecker, gateway: Gateway) -> AsyncIterator[World]:
    """A world with both providers."""
    async with living(await databases.fresh(), checker, **{**KANNEL, "kannel_url": gateway.url}) as created:
        yield created


def writings(number: str) -> list[str]:
    """A number as gateways format it; a leading space is an unescaped plus."""
    home = number.removeprefix("+212")
    spaced = f"+212 {home[:3]}-{home[3:6]} {home[6:]}"
    return [number, f"212{home}", f"0{home}", f" 212{home}", f"00212{home}", f"{spaced} ", f"\u202a{number}\u202c"]


async def by_kannel(world: World, sender: str, text: str) -> str:
    return (await receive(world, text_from(world, text, **{"from": sender}))).text


async def by_twilio(world: World, sender: str, text: str) -> str:
    fields = from_twilio(world, text, f"SM{world.chat():032}", From=sender)
    answer: httpx.Response = await world.http.post(INBOUND, **signed(world, fields))
    assert answer.status_code == 200
    return answer.text


async def test_each_writing_is_the_same_person_with_one_ballot_and_one_message(world: World, gateway: Gateway) -> None:
    number = world.number()
    texts = ("Bonjour", "2", "Oui", "3", "2", "1", "4")
    for provider in (by_kannel, by_twilio):
        for writing, text in zip(writings(number), texts, strict=True):
            await provider(world, writing, text)
        texts = ("une route", "CHANGER", "3", "2", "5", "une place", "menu")
    assert await addresses_of(world, "sms", number) == 1
    assert (await answers_of(world, "sms", number))[1] == ["3"]
    await world.open({"code": "other", "title": words("other"), "questions": [question("yes_no")]})
    before = len(world.network.phone(number).inbox), len(gateway.asked)
    assert (await world.invite("other")).queued["sms"] == 1
    await world.deliver()
    after = len(world.network.phone(number).inbox), len(gateway.asked)
    assert sum(after) - sum(before) == 1
    await world.close("other")


@pytest.mark.parametrize("provider", [by_kannel, by_twilio])
async def test_what_is_no_phone_is_met_with_silence_and_counted(
    world: World, provider: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    before = await rows(world)
    for sender, why in NO_PHONES.items():
        capsys.readouterr()
        answer = await provider(world, sender, "Bonjour, je suis en congé")
        assert "<Message" not in answer if provider is by_twilio else answer == ""
        logged = "".join(capsys.readouterr())
        assert "sms.sender_not_a_phone" in logged
        assert f"why={why}" in logged
        assert [word for word in ("600000", "INWI", "Bonjour", "8816") if word in logged] == []
    assert await rows(world) == before


async def test_a_phone_of_another_country_is_a_resident(world: World) -> None:
    abroad = [f"+346000090{world.chat() % 100:02d}", "+33600000001"]
    for number in abroad:
        assert await by_kannel(world, number.removeprefix("+"), "Bonjour")
        assert await by_twilio(world, number, "2")
        assert await addresses_of(world, "sms", number) == 1


async def test_who_was_stored_as_their_gateway_writes_them_is_known_again(world: World) -> None:
    phone = await joined(world, "sms", "fr")
    assert isinstance(phone, SmsPerson)
    await phone.say("STOP")
    number = phone.phone.number
    await stored_as(world, number, number.removeprefix("+"))
    assert "START" in await by_kannel(world, number.removeprefix("+"), "bonjour")
    assert await addresses_of(world, "sms", number) == 1


@pytest.mark.parametrize("place", range(4))
async def test_a_shared_contact_is_that_number_however_the_app_writes_it(world: World, place: int) -> None:
    phone, app = await joined(world, "sms", "fr"), await joined(world, "telegram", "fr")
    assert isinstance(phone, SmsPerson)
    assert isinstance(app, TelegramPerson)
    number = phone.phone.number
    home = number.removeprefix("+212")
    await app.user.share_contact([f"0{home}", f"00212{home}", f"+212 {home[:3]} {home[3:]}", f"212{home}"][place])
    await app.network.settled()
    assert app.words("link.done") in app.heard
    assert await addresses_of(world, "sms", number) == 1


async def test_a_shared_contact_that_is_no_phone_links_nothing(world: World) -> None:
    app = await joined(world, "telegram", "fr")
    assert isinstance(app, TelegramPerson)
    before = await rows(world)
    await app.user.share_contact("+881612345678")
    await app.network.settled()
    assert app.words("link.done") not in app.heard
    assert (await rows(world))["addresses"] == before["addresses"]


@pytest.mark.parametrize(("address", "status"), [("0{}", 200), ("00212{}", 200), ("0{}; 0600000001", 422)])
async def test_staff_find_a_person_by_any_writing_of_one_number(world: World, address: str, status: int) -> None:
    phone = await joined(world, "sms", "fr")
    assert isinstance(phone, SmsPerson)
    query = {"address": address.format(phone.phone.number.removeprefix("+212"))}
    answer = await call(world, "POST", "/v1/residents/find", json=query)
    assert answer.status_code == status, answer.text
    assert status == 200 or "several" in answer.text
