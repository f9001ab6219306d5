"""Kannel's requests, edge cases: who may make them, what is replied, strange, repeated and unordered ones."""

from __future__ import annotations

from asyncio import gather
from collections.abc import AsyncIterator
from html import unescape
from ipaddress import ip_address
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI, Request
from pydantic import SecretStr
from sqlalchemy import func, select

from api.channel import Choice, Incoming, Outgoing, Reply
from api.dialogue.service import Dialogue
from api.inbound.models import Inbound
from api.outbox.worker.reports import Reports
from api.outbox.write.replies import QueuedReply
from api.routing.roads import Roads
from sawt.doctor.checks import examine
from sms.providers.kannel import Kannel
from sms.providers.kannel_api import KannelApi
from sms.providers.kannel_auth import KannelAuth
from sms.segments import UCS2, count
from tests.api.office import rows
from tests.ballots import addresses_of, answers_of
from tests.conftest import Databases
from tests.outage import outage
from tests.sms import test_twilio_webhook as twilio
from tests.sms.gateway import Gateway, running_gateway
from tests.sms.kannels import INBOUND, REPORT, SECRET, WAYS, deliveries_in, outcomes, receive, report, text_from
from tests.wire.checker import WireChecker
from tests.world import World, living, settings_for

KANNEL: dict[str, Any] = {
    "kannel_url": "http://127.0.0.1:9/cgi-bin/sendsms",
    "kannel_username": "sawt",
    "kannel_password": SecretStr("a-password"),
    "kannel_sender": "5757",
    "kannel_secret": SecretStr(SECRET),
}


@pytest.fixture(scope="module")
async def gateway() -> AsyncIterator[Gateway]:
    async with running_gateway() as server:
        yield server


@pytest.fixture(scope="module")
async def world(databases: Databases, checker: WireChecker, gateway: Gateway) -> AsyncIterator[World]:
    """A world with both providers."""
    async with living(await databases.fresh(), checker, **{**KANNEL, "kannel_url": gateway.url}) as created:
        yield created


async def inbound(world: World) -> int:
    async with world.db.transaction() as session:
        return await session.scalar(select(func.count()).select_from(Inbound)) or 0


@pytest.mark.parametrize("path", [INBOUND, REPORT])
@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], "é", "\x00"], ids=range(7))
async def test_who_does_not_know_the_secret_is_refused(
    world: World, path: str, secret: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    query = text_from(world, "chocolate", type="1", delivery="1")
    before = await rows(world)
    capsys.readouterr()
    for _ in range(2):
        params = {name: value for name, value in {**query, "secret": secret}.items() if value is not None}
        answer = await world.http.get(path, params=params)
        assert (answer.status_code, answer.content) == (403, b"")
    assert await rows(world) == before
    logged = "".join(capsys.readouterr())
    assert logged.count("webhook.refused") == 2
    counts = [int(line.rsplit("count=", 1)[1].split()[0]) for line in logged.splitlines() if "count=" in line]
    assert counts[1] == counts[0] + 1
    assert [word for word in ("chocolate", "+2126", "a-shared", "wrong") if word in logged] == []


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"kannel_addresses": ["10.0.0.1"]}, 403),
        ({"kannel_addresses": ["10.0.0.1", "127.0.0.1"]}, 200),
        ({"kannel_addresses": []}, 200),
    ],
    ids=range(3),
)
async def test_where_it_comes_from_counts_too(
    database_url: str, checker: WireChecker, changed: dict[str, Any], status: int
) -> None:
    async with living(database_url, checker, **{**KANNEL, **changed}) as world:
        secret = world.settings.kannel_secret.get_secret_value()
        query = text_from(world, "hello", secret=secret, type="1", delivery="1")
        statuses = [(await world.http.get(path, params=query)).status_code for path in (INBOUND, REPORT)]
        assert statuses == [status, status]
        assert await inbound(world) == (1 if status == 200 else 0)


@pytest.mark.parametrize(
    ("client", "opens"),
    [
        (("127.0.0.1", 1), True),
        (("::ffff:127.0.0.1", 1), True),
        (("::1", 1), True),
        (("0:0:0:0:0:0:0:1", 1), True),
        (("127.0.0.2", 1), False),
        (("/run/sawt.sock", 0), False),
        (None, False),
    ],
    ids=range(7),
)
def test_an_address_is_known_however_it_is_written(client: tuple[str, int] | None, opens: bool) -> None:
    auth = KannelAuth(secret=SECRET, addresses=[ip_address("127.0.0.1"), ip_address("::1")])
    request = Request({"type": "http", "client": client, "query_string": f"secret={SECRET}".encode(), "headers": []})
    assert auth.accepts(request) is opens


def test_without_a_secret_nobody_is_accepted() -> None:
    """The service does not even start like this (`sawt/provider_proofs.py`)."""
    request = Request({"type": "http", "client": ("127.0.0.1", 1), "query_string": b"secret=", "headers": []})
    assert not KannelAuth(secret="", addresses=[]).accepts(request)


@pytest.mark.parametrize("language", WAYS)
async def test_the_body_equals_twilios_messages(world: World, language: str) -> None:
    """It is also encoded as its letters need."""
    by_kannel, by_twilio = world.number(), world.number()
    for text in WAYS[language]:
        answer = await receive(world, text_from(world, text, **{"from": by_kannel}))
        form = {**twilio.text_from(world, text, f"SM{world.chat():032}"), "From": by_twilio}
        twiml = (await world.http.post(twilio.INBOUND, **twilio.signed(world, form))).text
        messages = [
            unescape(element.split(">", 1)[1].split("</Message>")[0]) for element in twiml.split("<Message")[1:]
        ]
        assert messages
        assert answer.text == "\n\n".join(messages)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "text/plain; charset=UTF-8"
        assert answer.headers["X-Kannel-Coding"] == ("2" if count(answer.text).encoding == UCS2 else "0")
        assert len(deliveries_in(answer)) == len(messages)
    assert (await answers_of(world, "sms", by_kannel)) == (await answers_of(world, "sms", by_twilio))
    assert answer.headers["X-Kannel-Coding"] == {"fr": "0", "ar": "2", "zgh": "0"}[language]


class FixedReplies:
    """A dialogue double that always gives the same replies."""

    def __init__(self, *spoken: QueuedReply) -> None:
        self._spoken = list(spoken)

    async def handle(self, incoming: Incoming, *, carried: bool) -> list[QueuedReply]:
        return self._spoken if carried else []


@pytest.mark.parametrize(
    ("spoken", "body", "coding", "deliveries"),
    [
        ((), "", "0", []),
        ((QueuedReply(Reply("", replaces=True)),), "", "0", []),
        ((QueuedReply(Reply("un"), 7), QueuedReply(Reply("x", replaces=True)), QueuedReply(Reply("b"), 8)),
         "un\n\nb", "0", [7, 8]),
        ((QueuedReply(Reply("un"), 7), QueuedReply(Reply("نعم", (Choice("1", "لا"),)), 8)),
         "un\n\nنعم\n1) لا", "2", [7, 8]),
    ],
    ids=range(4),
)  # fmt: skip
async def test_several_replies_are_one_body_and_none_is_an_empty_one(
    world: World, spoken: tuple[QueuedReply, ...], body: str, coding: str, deliveries: list[int]
) -> None:
    app, dialogue = FastAPI(), cast(Dialogue, FixedReplies(*spoken))
    auth = KannelAuth(secret=SECRET, addresses=[ip_address("127.0.0.1")])
    api, news = KannelApi(url="", username="", password=""), Reports(world.db, world.now)
    app.include_router(
        Kannel(
            api, auth=auth, public_url=world.url, roads=Roads(()), dialogue=dialogue, reports=news, clock=world.now
        ).router
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=world.url) as http:
        answer = await http.get(INBOUND, params=text_from(world, "x"))
    assert (answer.status_code, answer.text, answer.headers["X-Kannel-Coding"]) == (200, body, coding)
    assert ("X-Kannel-DLR-Url" in answer.headers) == bool(deliveries)
    assert not deliveries or deliveries_in(answer) == deliveries


async def test_the_same_message_again_has_one_effect_and_the_same_reply(world: World) -> None:
    sender = world.number()
    for text in ("Bonjour", "2", "Oui", "3"):
        await receive(world, text_from(world, text, **{"from": sender}))
    query = text_from(world, "2", **{"from": sender})
    first = await receive(world, query)
    before = await rows(world)
    again = [await receive(world, query), *await gather(*(receive(world, query) for _ in range(4)))]
    assert "2/4" in first.text
    assert {(each.status_code, each.text, each.headers["X-Kannel-DLR-Url"]) for each in again} == {
        (200, first.text, first.headers["X-Kannel-DLR-Url"])
    }
    assert await rows(world) == before
    assert await answers_of(world, "sms", sender) == {1: ["2"]}


async def test_a_first_message_that_comes_many_times_at_once_is_one(world: World) -> None:
    query = text_from(world, "Bonjour")
    before = await inbound(world)
    answers = await gather(*(receive(world, query) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert await inbound(world) == before + 1
    assert await addresses_of(world, "sms", query["from"]) == 1


async def test_only_get_is_accepted(world: World) -> None:
    before, query = await inbound(world), text_from(world, "Bonjour")
    for path in (INBOUND, REPORT):
        for method in ("HEAD", "POST", "OPTIONS"):
            assert (await world.http.request(method, path, params=query)).status_code == 405
    assert await inbound(world) == before


async def test_while_the_database_is_away_kannel_is_asked_to_come_again(
    database_url: str, checker: WireChecker
) -> None:
    async with living(database_url, checker, **KANNEL) as world:
        query = text_from(world, "Bonjour")
        replied = await receive(world, text_from(world, "Bonjour"))
        async with outage(world):
            for answer in (await receive(world, query), await receive(world, query), await report(world, replied, "1")):
                assert answer.status_code == 503
                assert answer.headers["Retry-After"].isdecimal()
                assert "X-Kannel-Coding" not in answer.headers
        assert (await receive(world, query)).text == replied.text
        assert await outcomes(world, deliveries_in(replied)) == [("sent", None)]


STRANGE = [
    "", " ", "x" * 1600, "م" * 1600, "ⴰ" * 1600, "👍" * 800, "\u202eabc\u202c", "\u200b\u200d", "a\x00b", "\x00",
    "٣" * 500, "9" * 400, "%s{0}{title}", "<b>&amp;;", "\r\n\r\nX-Kannel-To: 1",
]  # fmt: skip


@pytest.mark.parametrize("text", STRANGE, ids=range(len(STRANGE)))
@pytest.mark.parametrize("depth", [0, 1, 4, 7])
async def test_strange_texts_get_an_answer_at_every_step(world: World, text: str, depth: int) -> None:
    sender = world.number()
    for before in ("hello", "2", "1", "3", "1", "1", "5")[:depth]:
        await receive(world, text_from(world, before, **{"from": sender}))
    answer = await receive(world, text_from(world, text, **{"from": sender}))
    assert answer.status_code == 200
    assert answer.text
    assert "\x00" not in answer.text
    assert count(answer.text).parts <= 8


@pytest.mark.parametrize(
    "query",
    [
        "", "&&==&;", "%FF%FE=%ED%A0%80", "from=", "from=%2B212600055502", "id=1", "from=%2B212600055502&id=",
        "from=%2B212600055502&id=a%00b&text=x", "from=%2B212600055502&id=a%20b&text=x",
        "from=%2B212600055502&id=%C3%A9&text=x", f"from=%2B212600055502&id={'9' * 65}&text=x",
        f"from={'9' * 33}&id=1&text=x",
    ],
    ids=range(12),
)  # fmt: skip
async def test_a_text_without_sender_or_id_is_ignored(world: World, query: str) -> None:
    before = await rows(world)
    answer = await world.http.get(f"{INBOUND}?{query}&secret={SECRET}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert await rows(world) == before


@pytest.mark.parametrize(
    "query",
    [
        "text=%ED%A0%80%FF", "", "text=x&text=y&to=&unknown=%00", "text=x&at=", "text=x&at=-1", "text=x&at=99999999999",
        "text=x&at=9999999999", "text=x&at=0", "text=x&at=%D9%A3", "text=x&at=NaN",
    ],
    ids=range(10),
)  # fmt: skip
async def test_other_strange_requests_are_handled(world: World, query: str) -> None:
    params = text_from(world, "")
    answer = await world.http.get(f"{INBOUND}?from=%2B{params['from'][1:]}&id={params['id']}&secret={SECRET}&{query}")
    assert answer.status_code == 200
    assert answer.text
    async with world.db.transaction() as session:
        at = await session.scalar(select(Inbound.received_at).where(Inbound.external_id == params["id"]))
    assert at is not None
    assert at <= world.now()


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        (["8", "1"], "delivered"),
        (["1", "8"], "delivered"),
        (["1", "2"], "delivered"),
        (["2", "1"], "failed"),
        (["16", "8", "1"], "failed"),
        (["4"], "sent"),
        (["8"], "sent"),
        (["", "x", "0", "3", "99999", "-1", "%d"], "sent"),
    ],
    ids=range(8),
)
async def test_states_move_only_forward(world: World, kinds: list[str], state: str) -> None:
    replied = await receive(world, text_from(world, "hello"))
    for kind in kinds:
        answer = await report(world, replied, kind, "NACK/ +212600055501 stat")
        assert (answer.status_code, answer.content) == (200, b"")
    reason = "NACK/ +############ stat" if state == "failed" else None
    assert await outcomes(world, deliveries_in(replied)) == [(state, reason)] * len(deliveries_in(replied))


@pytest.mark.parametrize(
    "query",
    ["", "type=1", "type=1&delivery=", "type=1&delivery=x", "type=1&delivery=%D9%A3", "type=1&delivery=-1",
     "type=1&delivery=999999999999999999", "type=1&delivery=9999999999999999999999", "delivery=1",
     "type=2&delivery=999999999&reason=%00%ED%A0%80"],
    ids=range(10),
)  # fmt: skip
async def test_reports_of_nothing_change_nothing(world: World, query: str) -> None:
    before = await rows(world)
    answer = await world.http.get(f"{REPORT}?{query}&secret={SECRET}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert await rows(world) == before


async def test_a_reason_is_made_storable(world: World) -> None:
    replied = await receive(world, text_from(world, "hello"))
    await world.http.get(replied.headers["X-Kannel-DLR-Url"].replace("%d", "2").replace("%A", "a%00b%ED%A0%80%0Ac"))
    (state, reason), *_ = await outcomes(world, deliveries_in(replied))
    assert state == "failed"
    assert reason is not None
    assert reason.startswith("ab")


async def test_what_goes_out_carries_its_delivery_and_comes_back_as_news(world: World, gateway: Gateway) -> None:
    (number,) = deliveries_in(await receive(world, text_from(world, "hello")))
    (channel,) = [each for each in world.service.channels if each.name == "sms"]
    text = "هل توافقون؟ " * 20
    receipt = await channel.send(Outgoing(number, "+212600055501", text, road="kannel"))
    assert (receipt.external_id, receipt.parts) == (str(number), count(text.strip()).parts)
    assert (gateway.asked[-1]["coding"], gateway.asked[-1]["dlr-mask"]) == ("2", "31")
    await world.http.get(gateway.asked[-1]["dlr-url"].replace("%d", "1").replace("%A", ""))
    assert await outcomes(world, [number]) == [("delivered", None)]


@pytest.mark.parametrize(
    ("changed", "ok", "words"),
    [
        ({}, True, "complete"),
        ({"kannel_addresses": []}, True, "any IP address"),
        ({"kannel_url": ""}, None, "switched off"),
        ({"kannel_url": "http://127.0.0.1:13013"}, False, "SAWT_KANNEL_URL"),
        ({"kannel_url": "127.0.0.1:13013/cgi-bin/sendsms"}, False, "SAWT_KANNEL_URL"),
        ({"kannel_username": ""}, False, "SAWT_KANNEL_USERNAME"),
        ({"kannel_password": SecretStr("")}, False, "SAWT_KANNEL_PASSWORD"),
        ({"kannel_sender": ""}, False, "SAWT_KANNEL_SENDER"),
        ({"kannel_secret": SecretStr("")}, False, "SAWT_KANNEL_SECRET"),
        ({"kannel_secret": SecretStr("short")}, False, "SAWT_KANNEL_SECRET"),
        ({"kannel_secret": SecretStr("a secret with é in it")}, False, "SAWT_KANNEL_SECRET"),
    ],
    ids=range(11),
)
async def test_the_doctor_says_what_is_missing(changed: dict[str, Any], ok: bool | None, words: str) -> None:
    settings = settings_for("sqlite+aiosqlite:///", "http://127.0.0.1", **{**KANNEL, **changed})
    (result,) = [finding async for finding in examine(settings) if finding.subject == "Kannel"]
    assert result.ok is ok
    assert words in result.words
    assert "secret with" not in result.words


async def test_what_waited_at_kannel_answers_the_question_it_saw(world: World) -> None:
    """Two texts from an outage: both were sent while the first question was on the screen."""
    sender, started = world.number(), int(world.now().timestamp())
    for text in WAYS["fr"][:4]:
        await receive(world, text_from(world, text, **{"from": sender}))
    world.now.advance(minutes=10)
    for text, sent in (("1", started + 60), ("2", started + 240)):
        replied = await receive(world, text_from(world, text, **{"from": sender, "at": str(sent)}))
        assert "2/4" in replied.text
    assert await answers_of(world, "sms", sender) == {1: ["2"]}
    replied = await receive(world, text_from(world, "oui", **{"from": sender, "at": "soon"}))  # sent now
    assert "3/4" in replied.text
    assert await answers_of(world, "sms", sender) == {1: ["2"], 2: ["yes"]}
