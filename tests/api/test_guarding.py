"""The HTTP server holds nobody for long who sends much, slowly or nothing, and not many of them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from sawt.server import connection_limits, networks
from tests.server import free_socket, serving

Door = tuple[str, int]
LARGE = b"x" * 50_000_000


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what came, or with more than anybody reads, or before anything came."""
    if scope["type"] != "http":
        return
    answers = {"/large": PlainTextResponse(LARGE), "/early": Response(status_code=413)}
    answer = answers.get(scope["path"]) or PlainTextResponse(await Request(scope, receive).body())
    await answer(scope, receive, send)


@pytest.fixture
async def door(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    """Where it is served; nobody there has more than a moment."""
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "READ_SECONDS"):
        monkeypatch.setattr(connection_limits, name, 0.2)
    on = free_socket()
    async with serving(echo, on, http=connection_limits.GuardedProtocol, timeout_keep_alive=1):
        yield on.getsockname()


async def said(door: Door, *parts: bytes) -> bytes:
    """What comes back, until the server closes the connection, which it does in every case here."""
    reader, writer = await asyncio.open_connection(*door)
    with contextlib.suppress(ConnectionError):
        for part in parts:
            writer.write(part)
            await writer.drain()
    try:
        return await asyncio.wait_for(reader.read(), 60)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def head(*headers: str) -> bytes:
    return "\r\n".join(["POST / HTTP/1.1", "Host: sawt", *headers, "", ""]).encode()


async def held(count: int) -> None:
    """Wait until the server holds so many connections: it tells nobody."""
    while sum(connection_limits.GuardedProtocol.open_by.values()) != count:  # noqa: ASYNC110
        await asyncio.sleep(0)


async def test_an_ordinary_request_is_answered(door: Door) -> None:
    assert (await said(door, head("Content-Length: 2", "Connection: close"), b"hi")).endswith(b"hi")
    many = [f"X-{number}: {number}" for number in range(90)]
    assert b" 200 " in await said(door, head(*many, "Cookie: " + "c" * 16_000, "Connection: close"))


@pytest.mark.parametrize(
    "parts",
    [
        (head("Large: " + "x" * 40_000),),
        (head(*(f"X-{number}: {number}" for number in range(101))),),
        (b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\n\r\n",),
        (b"GET / HTTP/1.1\r\nLarge: " + b"x" * 400_000,),
        (b"GET / HTTP/1.1\r\n", *[b"Large: " + b"x" * 3_000 + b"\r\n"] * 20),
    ],
)
async def test_a_head_that_is_too_large_is_refused(door: Door, parts: tuple[bytes, ...]) -> None:
    answer = await said(door, *parts)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431")  # reset where it went on sending


@pytest.mark.parametrize(
    "parts",
    [(), (b"\r\n",), (b"POST / HT",), (b"POST / HTTP/1.1\r\nHost: sawt\r\n",), (head("Content-Length: 9"), b"half")],
)
async def test_who_sends_nothing_or_half_of_it_is_let_go(door: Door, parts: tuple[bytes, ...]) -> None:
    assert await said(door, *parts) == b""


async def test_empty_lines_between_two_requests_hold_no_connection(door: Door) -> None:
    answer = await said(door, head("Content-Length: 2"), b"hi", b"\r\n")
    assert answer.count(b"HTTP/1.1 200") == 1


async def test_who_does_not_read_is_let_go(door: Door) -> None:
    reader, writer = await asyncio.open_connection(*door, limit=1024)
    writer.write(b"GET /large HTTP/1.1\r\nHost: sawt\r\n\r\n")
    await held(1)
    await held(0)
    with contextlib.suppress(ConnectionError):
        assert len(await reader.read()) < len(LARGE)
    writer.close()


async def test_one_address_holds_so_many_and_no_more(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_limits, "EACH", 3)
    monkeypatch.setattr(connection_limits.GuardedProtocol, "_is_proxy", lambda _self: False)
    mine = [await asyncio.open_connection(*door) for _ in range(3)]
    await held(3)
    assert await said(door, head("Content-Length: 0", "Connection: close")) == b""
    for _, writer in mine:
        writer.close()
        await writer.wait_closed()
    await held(0)
    assert b" 200 " in await said(door, head("Content-Length: 0", "Connection: close"))


async def test_a_proxy_brings_everybody_but_not_more_than_there_may_be(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_limits, "EACH", 0)
    assert b" 200 " in await said(door, head("Content-Length: 0", "Connection: close"))


async def test_of_too_many_the_one_goes_that_waits_longest(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_limits, "HEAD_SECONDS", 60.0)
    monkeypatch.setattr(connection_limits, "BODY_SECONDS", 60.0)
    monkeypatch.setattr(connection_limits, "ALL", 3)
    mine = [await asyncio.open_connection(*door) for _ in range(3)]
    for _, writer in mine:
        writer.write(head("Content-Length: 9") + b"h")
    await held(3)
    assert b" 200 " in await said(door, head("Content-Length: 0", "Connection: close"))
    with contextlib.suppress(ConnectionError):
        assert await mine[0][0].read() == b""
    await held(2)
    for _, writer in mine:
        writer.close()


@pytest.mark.parametrize(
    ("address", "network"),
    [("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("::1", "::1"), ("192.0.2.7", "192.0.2.7"), ("", "")],
)
def test_an_address_is_counted_with_its_network(address: str, network: str) -> None:
    assert networks.network(address) == network
