"""A database that is locked or away: providers are asked to come again, nothing is half done, then all is as usual."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from pydantic import SecretStr

from tests.api.office import CONSULTATIONS, call, rows
from tests.ballots import answers_of
from tests.bot.conftest import Watching
from tests.bot.updates import SECRET, message, number_of, post, update
from tests.outage import only_reading, outage
from tests.people import SmsPerson, TelegramPerson, joined
from tests.sms.test_twilio_webhook import INBOUND, signed, text_from
from tests.world import World, living


@pytest.fixture(scope="module")
def watching() -> Watching:
    return Watching.load()


@pytest.fixture
async def hooked(database_url: str, watching: Watching) -> AsyncIterator[World]:
    async with living(database_url, watching, telegram_secret=SecretStr(SECRET)) as world:
        yield world


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
    hooked: World, watching: Watching
) -> None:
    person = await joined(hooked, "telegram", "fr")
    assert isinstance(person, TelegramPerson)
    courier, count = hooked.network.bot.courier, person.count
    watching.calls.clear()
    async with outage(hooked):
        asked = person.user.last
        await person.user.tap_on(asked.message_id, asked.buttons[1][0][1], wait=False)
        await hooked.network.activity.until(
            lambda: courier.hook.last_error_message.endswith("503"), seconds=20, what=lambda: "a 503"
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


async def test_staff_are_told_to_come_again(hooked: World) -> None:
    async with outage(hooked):
        for method, path in (("GET", ""), ("GET", "/plan"), ("GET", "/plan/results"), ("POST", "/plan/close")):
            answer = await call(hooked, method, CONSULTATIONS + path)
            assert asks_to_come_again(answer)
            assert answer.json()["detail"]
        assert (await hooked.http.get("/health")).status_code == 200
    assert (await call(hooked, "GET", f"{CONSULTATIONS}/plan")).json()["state"] == "open"
