"""Twilio's webhooks, edge cases: unsigned, too large, strange or repeated requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from api.inbound.models import Inbound
from api.residents import service as residents
from api.residents.models import Resident
from tests.world import KEYRING, World

INBOUND = "/sms/twilio/inbound"


def signed(world: World, fields: dict[str, str], path: str = INBOUND) -> dict[str, Any]:
    """A request as Twilio signs it."""
    fields = {"AccountSid": world.settings.twilio_account_sid, **fields}
    token = world.settings.twilio_auth_token.get_secret_value()
    signature = RequestValidator(token).compute_signature(world.url + path, fields)
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return {"content": urlencode(fields), "headers": headers}


def text_from(world: World, body: str, sid: str, **more: str) -> dict[str, str]:
    """The fields of one message."""
    return {"MessageSid": sid, "From": world.number(), "To": "+212600000099", "Body": body, "FromCity": "", **more}


async def heard(world: World) -> int:
    async with world.db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(Inbound)) or 0


async def test_a_wrong_signature_is_refused_and_nothing_is_heard(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    request = signed(world, text_from(world, "secret words", "SM" + "1" * 32))
    request["headers"]["X-Twilio-Signature"] = "wrong"
    before = await heard(world)
    answer = await world.http.post(INBOUND, **request)
    assert answer.status_code == 403
    assert await heard(world) == before
    logged = capsys.readouterr()
    assert "webhook.refused" in logged.out + logged.err
    assert "secret words" not in logged.out + logged.err
    assert "+2126" not in logged.out + logged.err


async def test_no_signature_is_refused(world: World) -> None:
    assert (await world.http.post(INBOUND, data=text_from(world, "hello", "SM" + "2" * 32))).status_code == 403


async def test_a_body_over_64_kib_is_refused(world: World) -> None:
    request = signed(world, text_from(world, "x" * 70_000, "SM" + "3" * 32))
    assert (await world.http.post(INBOUND, **request)).status_code == 413


async def test_a_large_body_without_a_length_is_refused(world: World) -> None:
    async def chunks() -> Any:
        for _ in range(70):
            yield b"x" * 1024

    assert (await world.http.post(INBOUND, content=chunks())).status_code == 413


async def test_unknown_and_blank_parameters_are_accepted(world: World) -> None:
    fields = text_from(world, "hello", "SM" + "4" * 32, NewThing="1", FromCountry="")
    answer = await world.http.post(INBOUND, **signed(world, fields))
    assert answer.status_code == 200
    assert "<Message" in answer.text


async def test_the_same_message_twice_has_one_effect_and_the_same_reply(world: World) -> None:
    request = signed(world, text_from(world, "hello", "SM" + "5" * 32))
    first = await world.http.post(INBOUND, **request)
    before = await heard(world)
    second = await world.http.post(INBOUND, **request)
    assert second.text == first.text
    assert "<Message" in first.text
    assert await heard(world) == before


@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        "x" * 1600,
        "👍" * 40,
        "\u202eabc\u202c",
        "\u200b\u200d",
        "a\x00b",
        "\x00",
        "٣" * 500,
        "9" * 400,
        "%s{0}{title}",
        "<b>&amp;",
    ],
    ids=range(12),
)
@pytest.mark.parametrize("depth", range(7))
async def test_strange_texts_get_an_answer_at_every_step(world: World, body: str, depth: int) -> None:
    sender = world.number()
    phone = world.network.phone(sender)
    for text in ("hello", "2", "1", "3", "1", "1", "5")[:depth]:
        await phone.send(text)
    fields = {**text_from(world, body, "SM" + sender[-6:] + "6" * 26), "From": sender}
    answer = await world.http.post(INBOUND, **signed(world, fields))
    assert answer.status_code == 200


async def test_invalid_utf8_and_empty_forms_never_fail(world: World) -> None:
    for content in (b"Body=%ED%A0%80&From=x&MessageSid=y", b"\xff\xfe", b"", b"&&==&"):
        answer = await world.http.post(INBOUND, content=content, headers={"X-Twilio-Signature": "é".encode("latin-1")})
        assert answer.status_code == 403


async def state_of(world: World, number: str) -> str:
    async with world.db.transaction() as session:
        address = await residents.find_address(session, keyring=KEYRING, channel="sms", address=number)
        assert address is not None
        return (await session.scalars(select(Resident.state).where(Resident.id == address.resident_id))).one()


@pytest.mark.parametrize("words", ["Unsubscribe me, svp", "1", "Oui", "هاد المشروع زوين", ""])
@pytest.mark.parametrize("depth", [0, 2, 4])
async def test_an_opt_out_type_counts_whatever_the_text(world: World, words: str, depth: int) -> None:
    sender = world.number()
    for text in ("Bonjour", "2", "1", "3")[:depth]:
        await world.network.phone(sender).send(text)

    async def send(kind: str, number: int) -> str:
        fields = text_from(world, words, f"SM{sender[-6:]}{number:026d}", OptOutType=kind) | {"From": sender}
        answer = await world.http.post(INBOUND, **signed(world, fields))
        assert answer.status_code == 200
        return answer.text

    await send("STOP", 1)
    assert await state_of(world, sender) == "stopped"
    await send("HELP", 2)
    assert await state_of(world, sender) == "stopped"
    assert "<Message" in await send("START", 3)
    assert await state_of(world, sender) == "joining"


@pytest.mark.parametrize("kind", ["stop", "Stop", " STOP "])
async def test_an_opt_out_type_counts_in_any_case(world: World, kind: str) -> None:
    fields = text_from(world, "1", f"SM{world.number()[-6:]}" + "8" * 26, OptOutType=kind) | {"From": world.number()}
    assert (await world.http.post(INBOUND, **signed(world, fields))).status_code == 200
    assert await state_of(world, fields["From"]) == "stopped"


async def test_an_unknown_opt_out_type_changes_nothing(world: World) -> None:
    fields = text_from(world, "Bonjour", "SM" + "7" * 32, OptOutType="PAUSE")
    answer = await world.http.post(INBOUND, **signed(world, fields))
    assert "<Message" in answer.text
    assert await state_of(world, fields["From"]) == "joining"
