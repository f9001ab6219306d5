"""An unread body does not keep a connection open, and a declared size gives no more time than the largest body."""

from __future__ import annotations

import pytest

from api.commitments.files import importing
from api.proposals import pictures
from api.web.http import LARGEST_BODY
from sawt.server import connection_limits
from tests.api.test_guarding import Server, exchange, head
from tests.api.test_guarding import server as server


async def test_an_answer_before_the_body_ends_the_connection(server: Server) -> None:
    answer = await exchange(server, b"POST /early HTTP/1.1\r\nHost: sawt\r\nContent-Length: 999999999\r\n\r\n", b"x")
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"\r\nconnection: close\r\n" in answer


async def test_an_announced_size_gives_no_more_time_than_the_largest_body(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert max(pictures.LARGEST, importing.LARGEST, LARGEST_BODY) == connection_limits.BODY
    monkeypatch.setattr(connection_limits, "SLOWEST", connection_limits.BODY * 10)
    assert await exchange(server, head("Content-Length: 999999999"), b"x") == b""


async def test_a_body_that_is_all_here_ends_no_connection(server: Server) -> None:
    early = b"POST /early HTTP/1.1\r\nHost: sawt\r\nContent-Length: 2\r\n\r\nhi"
    answer = await exchange(server, early + head("Content-Length: 0", "Connection: close"))
    assert [answer.count(b"HTTP/1.1 413"), answer.count(b"HTTP/1.1 200")] == [1, 1]
