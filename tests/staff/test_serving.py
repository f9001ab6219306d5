"""How `sawt serve` calls uvicorn, and that shown counts do not move with each person."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from api.errors import WrongSetup
from api.security.crypto import Keyring
from sawt import serve
from sawt.cli.cli_format import roughly
from sawt.cli.system.demo import _print_addresses
from sawt.demo import environment


def test_no_websocket_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    configs: list[dict[str, Any]] = []
    monkeypatch.setattr(uvicorn, "run", lambda _app, **options: configs.append(options))
    monkeypatch.setattr(uvicorn, "Config", lambda _app, **options: configs.append(options))
    monkeypatch.setattr(serve, "_Server", lambda *_: _Still())
    with socket.socket() as on:
        serve.serve(None, on)  # type: ignore[arg-type]
        monkeypatch.setattr(serve, "Workers", lambda *_: _Still())
        serve.serve_many(on, 2)
    assert [each["ws"] for each in configs] == ["none", "none"]


class _Still:
    failed = False

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve nobody."""


@pytest.mark.parametrize(("count", "words"), [(1, "up to 10"), (10, "up to 10"), (11, "up to 20"), (95, "up to 100")])
def test_a_count_of_messages_is_told_in_steps(count: int, words: str) -> None:
    assert roughly(count) == words


def test_a_port_that_is_taken_names_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(WrongSetup, match="with --port 8123"):
            serve.bind("127.0.0.1", taken.getsockname()[1])


def test_the_demonstration_says_where_its_token_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _print_addresses("http://127.0.0.1:8000", tmp_path, Keyring.parse(Keyring.generate()))
    assert f"The token: SAWT_API_TOKEN in {tmp_path}/demo.env" in capsys.readouterr().out
    environment.write(tmp_path, {"SAWT_API_TOKEN": "a-token"})
    line = f'. {tmp_path}/demo.env; printf %s "$SAWT_API_TOKEN"'  # as docs/json-api.md reads it
    assert subprocess.run(["/bin/sh", "-c", line], capture_output=True, check=True).stdout == b"a-token"
