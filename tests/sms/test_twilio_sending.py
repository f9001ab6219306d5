"""Sending with Twilio's API against minimal servers, for answers that the rehearsal network never gives."""

from __future__ import annotations

import asyncio
import json

import pytest

from api.channel import Misconfigured, Rejected, SendError, Throttled, Unsure
from sms.providers.twilio_api import TwilioApi
from tests.wire.odd import DRIP, ENDLESS, answer, answering


async def _read_only(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def test_a_missing_answer_times_out() -> None:
    async with await asyncio.start_server(_read_only, "127.0.0.1", 0) as silent, asyncio.timeout(60):
        url = "http://{}:{}".format(*silent.sockets[0].getsockname())
        api = TwilioApi(account_sid=f"AC{'0' * 32}", auth_token="token", api_url=url, patience=0.2)
        async with api.running():
            with pytest.raises(Unsure, match="lost"):
                await api.send(to="+212600000001", text="Bonjour", callback="http://127.0.0.1/status", sender="SAWT")


@pytest.mark.parametrize("code", [21408, 21612])
@pytest.mark.parametrize(("to", "error"), [("+212600000001", Misconfigured), ("+33639980001", Rejected)])
async def test_a_country_that_is_not_switched_on_stops_no_other(code: int, to: str, error: type[SendError]) -> None:
    body = json.dumps({"code": code, "message": "no", "status": 400}).encode()

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 400 Bad Request\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server, asyncio.timeout(20):
        url = "http://{}:{}".format(*server.sockets[0].getsockname())
        api = TwilioApi(account_sid=f"AC{'0' * 32}", auth_token="token", api_url=url)
        async with api.running():
            with pytest.raises(error, match=str(code)):
                await api.send(to=to, text="Bonjour", callback="http://127.0.0.1/status", sender="SAWT")


@pytest.mark.parametrize("status_line", ["201 Created", "200 OK"])
@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b'{"sid": null}', b"<html>", b"null", b"[1]", b"7", b'{"sid": "x"}', b'{"sid": 7}', b"[" * 100_000,
        b'{"sid": "SM' + b"0" * 32 + b'", "body": "' + b"x" * 2**20 + b'"}', b'{"sid": {"sid": "a"}}', b"\xff\xfe",
    ],
    ids=range(13),
)  # fmt: skip
async def test_a_success_without_its_message_is_unsure(status_line: str, body: bytes) -> None:
    async def agree(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {status_line}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        writer.close()

    async with await asyncio.start_server(agree, "127.0.0.1", 0) as server, asyncio.timeout(20):
        url = "http://{}:{}".format(*server.sockets[0].getsockname())
        api = TwilioApi(account_sid=f"AC{'0' * 32}", auth_token="token", api_url=url)
        async with api.running():
            with pytest.raises(Unsure):
                await api.send(to="+212600000001", text="Bonjour", callback="http://127.0.0.1/status", sender="SAWT")


@pytest.mark.parametrize("kind", [ENDLESS, DRIP])
async def test_an_endless_answer_is_abandoned(kind: str) -> None:
    async with answering(kind) as url, asyncio.timeout(20):
        api = TwilioApi(account_sid=f"AC{'0' * 32}", auth_token="token", api_url=url, patience=0.5)
        async with api.running():
            with pytest.raises(Unsure, match="lost"):
                await api.send(to="+212600000001", text="Bonjour", callback="http://127.0.0.1/status", sender="SAWT")


@pytest.mark.parametrize(
    ("retry_after", "seconds"), [("9" * 25, 86_400.0), ("9" * 4000, 86_400.0), ("-5", 1.0), ("NaN", 1.0), ("7", 7.0)]
)
async def test_a_wait_that_is_named_is_bounded(retry_after: str, seconds: float) -> None:
    refusal = answer('{"code": 20429, "message": "slow down", "status": 429}', 429, f"Retry-After: {retry_after}")
    async with answering(refusal) as url, asyncio.timeout(20):
        api = TwilioApi(account_sid=f"AC{'0' * 32}", auth_token="token", api_url=url)
        async with api.running():
            with pytest.raises(Throttled) as caught:
                await api.send(to="+212600000001", text="Bonjour", callback="http://127.0.0.1/status", sender="SAWT")
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("seconds", "bounded"),
    [(float("nan"), 0.0), (float("inf"), 86_400.0), (float("-inf"), 0.0), (-1.0, 0.0), (3.0, 3.0)],
)
def test_any_wait_is_bounded(seconds: float, bounded: float) -> None:
    assert Throttled(seconds).retry_after == bounded
