"""The HTTP server drops clients that send too much, too slowly or nothing, and limits their connections."""

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

Server = tuple[str, int]
LARGE = b"x" * 50_000_000


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the request body, with more than a client reads, or before the body arrives."""
    if scope["type"] != "http":
        return
    answers = {"/large": PlainTextResponse(LARGE), "/early": Response(status_code=413)}
    answer = answers.get(scope["path"]) or PlainTextResponse(await Request(scope, receive).body())
    await answer(scope, receive, send)


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Server]:
    """The address of a running server with very short timeouts."""
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "READ_SECONDS"):
        monkeypatch.setattr(connection_limits, name, 0.2)
    on = free_socket()
    async with serving(echo, on, http=connection_limits.GuardedProtocol, timeout_keep_alive=1):
        yield on.getsockname()


async def exchange(server: Server, *parts: bytes) -> bytes:
    """Send these parts and return everything received until the server closes the connection."""
    reader, writer = await asyncio.open_connection(*server)
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


async def wait_for_connections(count: int) -> None:
    """Wait until the server has this many connections, which it does not announce."""
    while sum(connection_limits.GuardedProtocol.open_by.values()) != count:  # noqa: ASYNC110
        await asyncio.sleep(0)


async def test_an_ordinary_request_is_answered(server: Server) -> None:
    assert (await exchange(server, head("Content-Length: 2", "Connection: close"), b"hi")).endswith(b"hi")
    many = [f"X-{number}: {number}" for number in range(90)]
    assert b" 200 " in await exchange(server, head(*many, "Cookie: " + "c" * 16_000, "Connection: close"))


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
async def test_a_head_that_is_too_large_is_refused(server: Server, parts: tuple[bytes, ...]) -> None:
    answer = await exchange(server, *parts)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431")  # reset if the client keeps sending


@pytest.mark.parametrize(
    "parts",
    [(), (b"\r\n",), (b"POST / HT",), (b"POST / HTTP/1.1\r\nHost: sawt\r\n",), (head("Content-Length: 9"), b"half")],
)
async def test_a_client_that_sends_nothing_or_too_little_is_dropped(server: Server, parts: tuple[bytes, ...]) -> None:
    assert await exchange(server, *parts) == b""


async def test_empty_lines_between_two_requests_keep_no_connection_open(server: Server) -> None:
    answer = await exchange(server, head("Content-Length: 2"), b"hi", b"\r\n")
    assert answer.count(b"HTTP/1.1 200") == 1


async def test_a_client_that_does_not_read_is_dropped(server: Server) -> None:
    reader, writer = await asyncio.open_connection(*server, limit=1024)
    writer.write(b"GET /large HTTP/1.1\r\nHost: sawt\r\n\r\n")
    await wait_for_connections(1)
    await wait_for_connections(0)
    with contextlib.suppress(ConnectionError):
        assert len(await reader.read()) < len(LARGE)
    writer.close()


async def test_connections_of_one_address_are_limited(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_limits, "EACH", 3)
    monkeypatch.setattr(connection_limits.GuardedProtocol, "_is_proxy", lambda _self: False)
    connections = [await asyncio.open_connection(*server) for _ in range(3)]
    await wait_for_connections(3)
    assert await exchange(server, head("Content-Length: 0", "Connection: close")) == b""
    for _, writer in connections:
        writer.close()
        await writer.wait_closed()
    await wait_for_connections(0)
    assert b" 200 " in await exchange(server, head("Content-Length: 0", "Connection: close"))


async def test_connections_through_a_proxy_have_no_limit_of_their_own(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_limits, "EACH", 0)
    assert b" 200 " in await exchange(server, head("Content-Length: 0", "Connection: close"))


async def test_above_the_limit_the_longest_waiting_is_dropped(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_limits, "HEAD_SECONDS", 60.0)
    monkeypatch.setattr(connection_limits, "BODY_SECONDS", 60.0)
    monkeypatch.setattr(connection_limits, "ALL", 3)
    connections = [await asyncio.open_connection(*server) for _ in range(3)]
    for _, writer in connections:
        writer.write(head("Content-Length: 9") + b"h")
    await wait_for_connections(3)
    assert b" 200 " in await exchange(server, head("Content-Length: 0", "Connection: close"))
    with contextlib.suppress(ConnectionError):
        assert await connections[0][0].read() == b""
    await wait_for_connections(2)
    for _, writer in connections:
        writer.close()


@pytest.mark.parametrize(
    ("address", "network"),
    [("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("::1", "::1"), ("192.0.2.7", "192.0.2.7"), ("", "")],
)
def test_an_address_is_counted_with_its_network(address: str, network: str) -> None:
    assert networks.network(address) == network
