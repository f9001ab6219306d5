"""Sending through Kannel: the request it gets, and what each of its answers means."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from api.channel import Misconfigured, Rejected, SendError, Throttled, Unreachable, Unsure
from sms.providers.kannel_api import KannelApi
from sms.providers.kannel_codes import delivery_outcome, road_error, to_send_error
from sms.segments import UCS2, count
from tests.sms.gateway import ACCEPTED, BREAK, DRIP, HALF, HANG, Gateway, running_gateway

TO = "+212600055501"
REPORT = "http://127.0.0.1/report?delivery=7&type=%d&reason=%A"


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with running_gateway() as server:
        yield server


@asynccontextmanager
async def sending(url: str, *, patience: float = 15.0) -> AsyncIterator[KannelApi]:
    api = KannelApi(url=url, username="sawt", password="p&w;+%d", patience=patience)
    async with api.running():
        yield api


async def failure(url: str, *, patience: float = 15.0) -> SendError:
    """The error of one text that was not accepted; it never contains the text."""
    async with sending(url, patience=patience) as api:
        with pytest.raises(SendError) as caught:
            await api.send(to=TO, text="secret words", callback=REPORT, sender="5757")
    assert "secret" not in repr(caught.value)
    assert "55501" not in repr(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


TEXTS = [
    "Répondez 1 ou 2 : où ? ;&+%=#?/\\ [10 €]\nÉté à Agadir",
    "هل توافقون على الميزانية؟",
    "ⴰⵣⵓⵍ ⴼⵍⵍⴰⵡⵏ 👍",
    "être d’accord",
    "م" * 1600,
    "a" * 1600,
    "%d %A %p &to=+212600055599",
    "a\x00b",
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
async def test_a_text_arrives_as_it_was_with_the_alphabet_it_needs(gateway: Gateway, text: str) -> None:
    async with sending(gateway.url) as api:
        await api.send(to=TO, text=text, callback=REPORT, sender="5757")
    assert gateway.asked == [
        {
            "username": "sawt", "password": "p&w;+%d", "from": "5757", "to": TO, "text": text, "charset": "UTF-8",
            "coding": "2" if count(text).encoding == UCS2 else "0", "dlr-mask": "31", "dlr-url": REPORT,
        }
    ]  # fmt: skip


def test_french_is_seven_bits_and_arabic_and_tifinagh_are_sixteen() -> None:
    assert [count(text).encoding == UCS2 for text in TEXTS[:4]] == [False, True, True, True]


@pytest.mark.parametrize("answer", [ACCEPTED, (202, "3: Queued for later delivery")])
async def test_accepted_and_queued_are_both_taken(gateway: Gateway, answer: tuple[int, str]) -> None:
    gateway.next = answer
    async with sending(gateway.url) as api:
        await api.send(to=TO, text="bonjour", callback=REPORT, sender="5757")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((400, "Missing receiver number, rejected"), Rejected),
        ((400, "Number(s) has/have been denied by white- and/or black-lists. Denied receivers are: 55501"), Rejected),
        ((400, "Empty receiver number not allowed, rejected"), Rejected),
        ((400, "UDH field misformed, rejected"), Rejected),
        ((400, "Charset or body misformed, rejected"), Rejected),
        ((400, "Sender missing and no global set, rejected"), Misconfigured),
        ((400, "Account field misformed or too long, rejected"), Misconfigured),
        ((400, "DLR-URL field misformed, rejected"), Misconfigured),
        ((400, "Priority field misformed, rejected"), Misconfigured),
        ((401, ""), Misconfigured),
        ((429, "slow down"), Throttled),
        ((403, "Authorization failed for sendsms"), Misconfigured),
        ((403, "Not routable. Do not try again."), Rejected),
        ((404, ""), Misconfigured),
        ((302, ""), Misconfigured),
        ((503, "Temporal failure, try again later."), Unreachable),
        ((500, ""), Unsure),
        ((502, ""), Unsure),
        ((200, "<html>"), Unsure),
    ],
    ids=str,
)
async def test_each_refusal_has_its_meaning(gateway: Gateway, answer: tuple[int, str], kind: type[SendError]) -> None:
    gateway.next = answer
    assert type(await failure(gateway.url)) is kind
    assert len(gateway.asked) == 1


@pytest.mark.parametrize("fate", [HANG, BREAK, HALF, DRIP])
async def test_a_request_without_an_answer_is_unsure(gateway: Gateway, fate: str) -> None:
    gateway.next = fate
    assert type(await failure(gateway.url, patience=0.2)) is Unsure
    assert len(gateway.asked) == 1


async def test_a_connection_that_breaks_is_not_tried_again_by_itself(gateway: Gateway) -> None:
    async with sending(gateway.url) as api:
        await api.send(to=TO, text="bonjour", callback=REPORT, sender="5757")
        gateway.next = BREAK
        with pytest.raises(Unsure):
            await api.send(to=TO, text="bonjour", callback=REPORT, sender="5757")
    assert (len(gateway.asked), gateway.connections) == (2, 1)


async def test_only_the_beginning_of_an_endless_answer_is_read(gateway: Gateway) -> None:
    gateway.next = (400, "Sender missing" + "x" * 2**20)
    assert type(await failure(gateway.url)) is Misconfigured
    gateway.next = ACCEPTED
    async with sending(gateway.url) as api:
        await api.send(to=TO, text="bonjour", callback=REPORT, sender="5757")


async def test_no_connection_means_nothing_was_sent() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/cgi-bin/sendsms"
    assert type(await failure(url)) is Unreachable


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "127.0.0.1:13013", "http://[::1/"])
async def test_an_invalid_url_is_misconfigured(url: str) -> None:
    assert type(await failure(url)) is Misconfigured


async def test_nothing_is_sent_by_a_channel_that_does_not_run(gateway: Gateway) -> None:
    api = KannelApi(url=gateway.url, username="", password="")
    with pytest.raises(Misconfigured):
        await api.send(to=TO, text="bonjour", callback=REPORT, sender="5757")


async def test_no_proxy_of_the_environment_sees_it(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with sending(gateway.url) as api:
        await api.send(to=TO, text="bonjour", callback=REPORT, sender="5757")
    assert len(gateway.asked) == 1


@pytest.mark.parametrize(
    ("kind", "answer", "news"),
    [
        ("1", "", ("delivered", None)),
        ("1", "id:55501 stat:DELIVRD", ("delivered", None)),
        ("2", "", ("failed", None)),
        ("2", "NACK/0x0000000b/Invalid +212600055501", ("failed", "NACK/#x#######b/Invalid +############")),
        ("2", "id:1234567890 sub:001 dlvrd:000 submit date:2611241036 done date:2611241037 stat:UNDELIV err:011 "
              "Text:Merci 0612", ("failed", "UNDELIV 011")),
        ("2", "id:1 stat:EXPIRED Text:stat:X err:1", ("failed", "EXPIRED 1")),
        ("16", "٠٦٠٠٠ x\x00\n" + "y" * 60, ("failed", "##### x" + "y" * 33)),
        ("8", "ACK/", ("sent", None)),
        ("4", "", ("", None)),
        ("", "x", ("", None)),
        ("64", "x", ("", None)),
        ("٢", "x", ("", None)),
    ],
    ids=range(12),
)  # fmt: skip
def test_what_a_report_says(kind: str, answer: str, news: tuple[str, str | None]) -> None:
    assert delivery_outcome(kind, answer) == news


@pytest.mark.parametrize(
    ("header", "expected"),
    [("", (1.0, True)), ("7", (7.0, False)), ("soon", (1.0, True)), ("9" * 25, (86_400.0, False))],
)
def test_how_long_is_waited_after_a_429(header: str, expected: tuple[float, bool]) -> None:
    error = to_send_error(429, "", header)
    assert isinstance(error, Throttled)
    assert (error.retry_after, error.grows) == expected


@pytest.mark.parametrize(
    ("kind", "answer", "reason"),
    [
        ("16", "NACK/0x0000000a/Invalid Source Address", "SMPP 0x0a"),
        ("16", "NACK/0x00000048/Invalid Source address TON", "SMPP 0x48"),
        ("16", "NACK/0x0000000e/Invalid Password", "SMPP 0x0e"),
        ("16", "NACK/0x0000000b/Invalid Destination Address", None),
        ("16", "NACK/0x00000045/Submit failed", None),
        ("16", "NACK/", None),
        ("16", "", None),
        (
            "2",
            "id:1 stat:UNDELIV err:00a Text:NACK/0x0000000a",
            None,
        ),  # quoted from the message's text
        ("1", "", None),
    ],
)
def test_what_a_report_says_against_the_road(kind: str, answer: str, reason: str | None) -> None:
    error = road_error(kind, answer)
    assert (None if error is None else error.reason) == reason
    assert error is None or (isinstance(error, Misconfigured) and error.words)
