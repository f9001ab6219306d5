"""Through a real Kannel people text, join and answer, campaigns reach them, and reports come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import httpx
import pytest
from sqlalchemy import select

from api.channel import Misconfigured, Outgoing, Rejected
from api.outbox.models import Delivery
from api.residents.models import Address
from sms.providers.kannel_api import KannelApi
from sms.segments import GSM7, UCS2, count
from tests.ballots import KEYRING, addresses_of, answers_of
from tests.consultations import main_consultation
from tests.kannel.boxes import Boxes, until
from tests.kannel.config import PASSWORD, SERVICE, UNROUTABLE
from tests.kannel.phones import Phones, sms
from tests.outage import outage
from tests.sms.kannels import SECRET, WAYS, deliveries_in, receive, text_from
from tests.world import World

TurnOn = Callable[..., AbstractAsyncContextManager[Phones]]
SECOND = {**main_consultation(), "code": "second"}


async def states(world: World, number: str) -> Counter[str]:
    """The states of all deliveries to a phone."""
    query = select(Delivery.state).join(Address).where(Address.blind_index == KEYRING.blind_index("sms", number))
    async with world.db.transaction() as session:
        return Counter(await session.scalars(query))


async def becomes(world: World, number: str, expected: dict[str, int]) -> None:
    """Wait until a phone's deliveries have these states."""
    counts = Counter[str]()

    async def has() -> bool:
        counts.clear()
        counts.update(await states(world, number))
        return counts == Counter(expected)

    await until(has, lambda: f"{expected}, not {dict(counts)}")


async def take_part(world: World, turn_on: TurnOn, language: str) -> str:
    """Join and answer two questions; each reply equals the webhook's reply to a twin. Returns the number."""
    number, twin = world.number(), world.number()
    for text in WAYS[language]:
        async with turn_on(sms(number, text)) as phones:
            await phones.read(number, (await receive(world, text_from(world, text, **{"from": twin}))).text)
        assert len(phones.inbox[number]) == 1  # each turn is one SMS, also with several replies
    return number


@pytest.mark.parametrize(("language", "second"), [("fr", "no"), ("ar", "yes"), ("zgh", "yes")])
async def test_people_join_and_answer(world: World, turn_on: TurnOn, language: str, second: str) -> None:
    number = await take_part(world, turn_on, language)
    assert await answers_of(world, "sms", number) == {1: ["1"], 2: [second]}
    await becomes(world, number, {"delivered": (await states(world, number)).total()})


async def test_a_number_is_one_person_however_the_operator_writes_it(world: World, turn_on: TurnOn) -> None:
    number = world.number()
    writings = (number, number.replace("+", "00"), number.replace("+212", "0"))
    for written, text in zip(writings, ("bonjour", "2", "1"), strict=True):
        async with turn_on(sms(written, text)) as phones:
            await phones.got(number, 1)
    assert await addresses_of(world, "sms", number) == 1


async def test_where_sawt_is_silent_no_sms_goes_out(world: World, boxes: Boxes, turn_on: TurnOn) -> None:
    nobody, somebody = "9" * 33, world.number()  # longer than any number

    async def asked() -> bool:
        return f"Starting to service <x> from <{nobody}>" in boxes.log("smsbox")

    async with turn_on(sms(nobody, "x")) as phones:
        await until(asked, lambda: "the first text")
        assert phones.inbox[nobody] == []
    async with turn_on(sms(somebody, "bonjour")) as phones:
        await phones.got(somebody, 1)
    assert set(phones.inbox) == {somebody}
    assert await boxes.queued() == 0


def api_of(boxes: Boxes, *, password: str = PASSWORD) -> KannelApi:
    return KannelApi(url=boxes.sendsms, username="sawt", password=password)


TEXTS = [
    "Où ? ;&+%=#?/\\ [10 €] ~ été, déjà à Tétouan",
    "هل توافقون على ميزانية الجهة؟\n1) نعم\n2) لا",
    "ⴰⵣⵓⵍ ⴼⵍⵍⴰⵡⵏ 👍",
    "%d %A %p &to=1",
    "Répondez où vous êtes déjà. " * 6,
    "هل توافقون؟ " * 30,
    ("ⴰⵣⵓⵍ " * 320)[:1600].strip(),
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
async def test_a_text_reaches_the_phone_as_it_was_in_as_many_parts_as_we_count(
    world: World, boxes: Boxes, turn_on: TurnOn, text: str
) -> None:
    number, expected, api = world.number(), count(text), api_of(boxes)
    async with turn_on() as phones, api.running():
        await api.send(to=number, text=text, callback=f"{world.url}/health", sender=SERVICE)
        await phones.read(number, text)
    alone = {GSM7: "text", UCS2: "ucs-2"}[expected.encoding]
    parts = [f"{place}/{expected.parts}" for place in range(1, expected.parts + 1)]
    assert phones.kinds == ([alone] if expected.parts == 1 else parts)


async def test_what_kannel_refuses_is_told_apart(world: World, boxes: Boxes) -> None:
    for api, number, kind in (
        (api_of(boxes), f"{UNROUTABLE}01", Rejected),
        (api_of(boxes), "", Rejected),
        (api_of(boxes, password="wrong"), world.number(), Misconfigured),
    ):
        async with api.running():
            with pytest.raises(kind):
                await api.send(to=number, text="bonjour", callback=f"{world.url}/health", sender=SERVICE)


async def test_a_campaign_waits_for_a_message_centre_that_is_away_and_outlives_a_crash(
    world: World, boxes: Boxes, turn_on: TurnOn
) -> None:
    number = world.number()
    for text in WAYS["fr"][:4]:
        async with turn_on(sms(number, text)) as phones:
            await phones.got(number, 1)
    await becomes(world, number, {"delivered": 4})
    world.now.be_morning()  # campaigns have sending hours; answers came with Kannel's time
    await world.open(SECOND)
    invited = (await world.invite("second")).queued["sms"]
    assert invited >= 1
    await world.deliver()
    await becomes(world, number, {"delivered": 4, "sent": 1})
    assert await boxes.queued() == invited
    await boxes.crash()
    await boxes.start()
    assert await boxes.queued() == invited
    async with httpx.AsyncClient(trust_env=False) as http:
        user = {"username": "sawt", "password": PASSWORD}
        answer = await http.get(boxes.sendsms, params={**user, "from": SERVICE, "to": world.number(), "text": "x"})
    assert (answer.status_code, answer.text) == (202, "3: Queued for later delivery")
    async with turn_on() as phones:
        await phones.got(number, 1)
        assert "texte plan" in phones.inbox[number][0]
        await becomes(world, number, {"delivered": 5})
    assert await boxes.queued() == 0
    world.now.be_real()


async def asked_to_come_again(boxes: Boxes, times: int) -> None:
    """Wait until Kannel has got 503 more than this many times."""

    async def was() -> bool:
        return turned_away(boxes) > times

    await until(was, lambda: "503")


def turned_away(boxes: Boxes) -> int:
    return boxes.log("smsbox").count("HTTP/1.1 503")


async def test_a_text_is_answered_once_the_database_is_back(world: World, boxes: Boxes, turn_on: TurnOn) -> None:
    number, before = world.number(), turned_away(boxes)
    async with AsyncExitStack() as stack:
        async with outage(world):
            phones = await stack.enter_async_context(turn_on(sms(number, "bonjour")))
            await asked_to_come_again(boxes, before)
        await phones.got(number, 1)
    await becomes(world, number, {"delivered": (await states(world, number)).total()})
    assert await addresses_of(world, "sms", number) == 1


async def test_a_report_is_taken_once_the_database_is_back(world: World, boxes: Boxes, turn_on: TurnOn) -> None:
    said = text_from(world, "bonjour")
    (delivery,) = deliveries_in(await receive(world, said))
    (channel,) = [each for each in world.service.channels if each.name == "sms"]
    before = turned_away(boxes)
    async with turn_on() as phones:
        async with outage(world):
            await channel.send(Outgoing(delivery, said["from"], "Merci"))
            await phones.read(said["from"], "Merci")
            await asked_to_come_again(boxes, before)
        await becomes(world, said["from"], {"delivered": 1})


async def test_kannels_own_logs_hold_nobody(boxes: Boxes) -> None:
    """Logs at the levels of docs/kannel.md; more verbose ones contain numbers, texts and the secret."""
    words = ("2126000", "onjour", SECRET)
    assert [word for word in words if word not in boxes.log("smsbox")] == []
    kept = [line for file in ("bearerbox.log", "smsbox.log") for line in boxes.log(file).splitlines()]
    assert [line for line in kept if any(word in line for word in words)] == []
