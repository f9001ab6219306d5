"""A body that nobody reads holds no connection, and an announced one no longer than the largest there is."""

from __future__ import annotations

import pytest

from api.proposals import pictures
from api.web.http import LARGEST_BODY
from sawt.server import connection_limits
from tests.api.test_guarding import Door, head, said
from tests.api.test_guarding import door as door


async def test_an_answer_before_the_body_ends_the_connection(door: Door) -> None:
    answer = await said(door, b"POST /early HTTP/1.1\r\nHost: sawt\r\nContent-Length: 999999999\r\n\r\n", b"x")
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"\r\nconnection: close\r\n" in answer


async def test_an_announced_size_gives_no_more_time_than_the_largest_body(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert max(pictures.LARGEST, LARGEST_BODY) == connection_limits.BODY
    monkeypatch.setattr(connection_limits, "SLOWEST", connection_limits.BODY * 10)
    assert await said(door, head("Content-Length: 999999999"), b"x") == b""


async def test_a_body_that_is_all_here_ends_no_connection(door: Door) -> None:
    early = b"POST /early HTTP/1.1\r\nHost: sawt\r\nContent-Length: 2\r\n\r\nhi"
    answer = await said(door, early + head("Content-Length: 0", "Connection: close"))
    assert [answer.count(b"HTTP/1.1 413"), answer.count(b"HTTP/1.1 200")] == [1, 1]
