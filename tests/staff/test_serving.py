"""How `sawt serve` calls uvicorn, and that what staff read of counts does not move with each person."""

from __future__ import annotations

import socket
from typing import Any

import pytest
import uvicorn

from sawt import serve
from sawt.cli.cli_format import roughly


def test_no_websocket_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[dict[str, Any]] = []
    monkeypatch.setattr(uvicorn, "run", lambda _app, **given: made.append(given))
    monkeypatch.setattr(uvicorn, "Config", lambda _app, **given: made.append(given))
    monkeypatch.setattr(serve, "_Server", lambda *_: _Still())
    with socket.socket() as on:
        serve.serve(None, on)  # type: ignore[arg-type]
        monkeypatch.setattr(serve, "Workers", lambda *_: _Still())
        serve.serve_many(on, 2)
    assert [each["ws"] for each in made] == ["none", "none"]


class _Still:
    failed = False

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve nobody."""


@pytest.mark.parametrize(("count", "words"), [(1, "up to 10"), (10, "up to 10"), (11, "up to 20"), (95, "up to 100")])
def test_a_count_of_messages_is_told_in_steps(count: int, words: str) -> None:
    assert roughly(count) == words
