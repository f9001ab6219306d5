"""If the database is locked or unreachable, providers are asked to retry, nothing is half done, and work resumes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from api.outbox.models import Delivery
from tests.api.office import CONSULTATIONS, call, rows
from tests.ballots import answers_of, resident_of
from tests.bot.conftest import CallRecorder
from tests.bot.updates import SECRET, message, number_of, post, update
from tests.outage import interruption, only_reading, outage
from tests.people import SmsPerson, TelegramPerson, joined
from tests.sms.test_twilio_webhook import INBOUND, signed, text_from
from tests.world import World, living

SILENT = "+212600009951"  # a magic number of the rehearsal: messages to it are sent, without a final status
NEWS = (("delivered", ""), ("undelivered", "30005"), ("failed", "21610"))  # statuses and error codes


@pytest.fixture(scope="module")
def watching() -> CallRecorder:
    return CallRecorder.load()


@pytest.fixture
async def hooked(database_url: str, watching: CallRecorder) -> AsyncIterator[World]:
    async with living(database_url, watching, telegram_secret=SecretStr(SECRET)) as world:
        yield world


async def deliveries(world: World) -> list[tuple[int, str]]:
    """All deliveries with their states, oldest first."""
    async with world.db.transaction() as session:
        rows = await session.execute(select(Delivery.id, Delivery.state).order_by(Delivery.id))
        return [(number, state) for number, state in rows]


def report(world: World, delivery: int, status: str, code: str) -> tuple[str, dict[str, Any]]:
    """The path and request of a status callback by Twilio."""
    path = f"/sms/twilio/status?delivery={delivery}"
    error = {"ErrorCode": code} if code else {}
    fields = {"MessageSid": "SM" + f"{delivery:032d}", "To": SILENT, "MessageStatus": status, **error}
    return path, signed(world, fields, path)


def asks_to_come_again(answer: httpx.Response) -> bool:
    return answer.status_code == 503 and answer.headers["Retry-After"].isdecimal()


async def test_a_text_is_answered_when_it_comes_again(hooked: World) -> None:
    person = await joined(hooked, "sms", "fr")
    assert isinstance(person, SmsPerson)
    request = signed(hooked, {**text_from(hooked, "2", "SM" + "8" * 32), "From": person.phone.number})
    await hooked.network.settled()
    before = await rows(hooked)
    async with outage(hooked):
        for _ in range(2):
            assert asks_to_come_again(await hooked.http.post(INBOUND, **request))
    assert await rows(hooked) == before
    answers = [await hooked.http.post(INBOUND, **request) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "2/4" in answers[0].text
    assert answers[0].text == answers[1].text
    assert await answers_of(hooked, "sms", person.phone.number) == {1: ["2"]}


async def test_a_first_text_is_answered_when_it_comes_again(hooked: World) -> None:
    request = signed(hooked, text_from(hooked, "hello", "SM" + "9" * 32))
    async with outage(hooked):
        assert asks_to_come_again(await hooked.http.post(INBOUND, **request))
    assert (await rows(hooked))["residents"] == ""
    assert "<Message" in (await hooked.http.post(INBOUND, **request)).text
    assert len((await rows(hooked))["residents"].splitlines()) == 1


async def test_a_text_is_answered_once_the_database_takes_writes_again(hooked: World) -> None:
    person = await joined(hooked, "sms", "fr")
    assert isinstance(person, SmsPerson)
    request = signed(hooked, {**text_from(hooked, "3", "SM" + "a" * 32), "From": person.phone.number})
    async with only_reading(hooked):
        for _ in range(2):
            assert asks_to_come_again(await hooked.http.post(INBOUND, **request))
    assert "2/4" in (await hooked.http.post(INBOUND, **request)).text
    assert await answers_of(hooked, "sms", person.phone.number) == {1: ["3"]}


async def test_an_update_is_answered_when_it_comes_again(hooked: World) -> None:
    person = await joined(hooked, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    said = update(message=message(number_of(person), text="3"))
    before, count = await rows(hooked), person.count
    async with outage(hooked):
        for _ in range(2):
            assert asks_to_come_again(await post(hooked, said))
    assert (await rows(hooked), person.count) == (before, count)
    assert [(await post(hooked, said)).status_code for _ in range(2)] == [200, 200]
    assert person.count == count + 1
    assert "2/4" in person.heard
    assert await answers_of(hooked, "telegram", str(number_of(person))) == {1: ["3"]}


async def test_a_tap_is_acknowledged_at_once_and_counts_when_telegram_repeats_it(
    hooked: World, watching: CallRecorder
) -> None:
    person = await joined(hooked, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    courier, count = hooked.network.bot.courier, person.count
    watching.calls.clear()
    async with outage(hooked):
        asked = person.user.last
        await person.user.tap_on(asked.message_id, asked.buttons[1][0][1], wait=False)
        await hooked.network.activity.until(
            lambda: courier.hook.last_error_message.endswith("503"), seconds=20, describe=lambda: "a 503"
        )
        assert set(watching.calls) == {"answerCallbackQuery"}
        assert person.count == count
    await hooked.network.settled()
    assert person.count == count + 1
    assert "2/4" in person.heard
    assert await answers_of(hooked, "telegram", str(number_of(person))) == {1: ["2"]}


async def test_who_blocks_meanwhile_is_stopped_when_telegram_repeats_it(hooked: World) -> None:
    person = await joined(hooked, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    async with outage(hooked):
        await person.user.block(wait=False)
        assert asks_to_come_again(await post(hooked, update(message=message(number_of(person), text="3"))))
    await hooked.network.settled()
    assert "stopped" in (await rows(hooked))["residents"]


async def test_a_turn_broken_off_in_its_middle_leaves_nothing(hooked: World) -> None:
    phone, person = await joined(hooked, "sms", "fr"), await joined(hooked, "telegram", "fr")
    assert isinstance(phone, SmsPerson)
    assert isinstance(person, TelegramPerson)
    request = signed(hooked, {**text_from(hooked, "2", "SM" + "b" * 32), "From": phone.phone.number})
    said = update(message=message(number_of(person), text="3"))
    await hooked.network.settled()
    before, count = await rows(hooked), person.count
    async with interruption(hooked):
        assert asks_to_come_again(await hooked.http.post(INBOUND, **request))
        assert asks_to_come_again(await post(hooked, said))
    assert (await rows(hooked), person.count) == (before, count)
    assert "2/4" in (await hooked.http.post(INBOUND, **request)).text
    assert (await post(hooked, said)).status_code == 200
    assert "2/4" in person.heard
    assert await answers_of(hooked, "sms", phone.phone.number) == {1: ["2"]}
    assert await answers_of(hooked, "telegram", str(number_of(person))) == {1: ["3"]}


async def test_news_of_deliveries_are_taken_when_they_come_again(hooked: World) -> None:
    phone = hooked.network.phone(SILENT)
    for text in ("hello", "2", "1", "3"):
        await phone.send(text)
    await hooked.network.settled()
    sent, *others = await deliveries(hooked)
    assert {sent[1], *(state for _, state in others)} == {"sent"}
    news = [report(hooked, number, *said) for (number, _), said in zip(others, NEWS, strict=True)]
    before = await rows(hooked)
    async with outage(hooked):
        for path, request in news * 2:
            assert asks_to_come_again(await hooked.http.post(path, **request))
    assert await rows(hooked) == before
    assert [(await hooked.http.post(path, **request)).status_code for path, request in news * 2] == [204] * 6
    assert [state for _, state in await deliveries(hooked)] == ["sent", "delivered", "failed", "failed"]
    resident = await resident_of(hooked, "sms", SILENT)
    assert resident is not None
    assert resident.state == "stopped"  # the last report said that they opted out


async def test_staff_are_told_to_come_again(hooked: World) -> None:
    async with outage(hooked):
        for method, path in (("GET", ""), ("GET", "/plan"), ("GET", "/plan/results"), ("POST", "/plan/close")):
            answer = await call(hooked, method, CONSULTATIONS + path)
            assert asks_to_come_again(answer)
            assert answer.json()["detail"]
        assert (await hooked.http.get("/health")).status_code == 200
    assert (await call(hooked, "GET", f"{CONSULTATIONS}/plan")).json()["state"] == "open"
