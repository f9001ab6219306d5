"""The command line against services that lie, and against traps on its own machine: tokens stay where they belong."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from api.errors import Invalid, SawtError, Unavailable
from sawt.__main__ import cli
from sawt.cli import login_file, service
from sawt.cli.login_file import Login

HERE = "https://sawt.example"
Answer = Callable[[httpx.Request], httpx.Response]
DEEP = b"[" * 200_000


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine where nobody is signed in."""
    for name in (login_file.URL, login_file.TOKEN):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(login_file.FILE, str(tmp_path / "private" / "login.json"))


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], list[httpx.Request]]:
    """Lets a function answer in place of the service; returns the list of requests that reach it."""

    def install(answer: Answer) -> list[httpx.Request]:
        seen: list[httpx.Request] = []

        def handle(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return answer(request)

        monkeypatch.setattr(service, "transport", lambda: httpx.MockTransport(handle))
        login_file.save(Login(HERE, "sawt_session_x", "amina"))
        return seen

    return install


def run(*words: str, typed: str | None = None) -> tuple[str, BaseException | None]:
    """What a command prints, and the error it ends with."""
    result = CliRunner().invoke(cli, list(words), input=typed)
    return result.output, result.exception


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 304])
def test_a_redirect_is_no_success(status: int, hostile: Any, tmp_path: Path) -> None:
    elsewhere = {"Location": "https://evil.example/v1"}
    seen = hostile(lambda _: httpx.Response(status, headers=elsewhere))
    output, error = run("consultation", "discard", "plan")
    assert isinstance(error, SawtError)
    assert "discarded" not in output
    assert isinstance(run("audit", "export", str(tmp_path / "record.jsonl"))[1], SawtError)
    assert not (tmp_path / "record.jsonl").exists()
    assert {each.url.host for each in seen} == {"sawt.example"}


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{}",
        b"null",
        b'{"items": 1, "next": 2}',
        b'{"items": [], "next": {}}',
        DEEP,
        b"\xff",
        b"<p>",
        b"1" * 9999,
    ],
)
@pytest.mark.parametrize("status", [200, 403, 500])
@pytest.mark.parametrize("words", [("idea", "list"), ("whoami",), ("staff", "list", "--all")])
def test_an_answer_of_the_wrong_shape_is_one_sentence(
    body: bytes, status: int, words: tuple[str, ...], hostile: Any
) -> None:
    hostile(lambda _: httpx.Response(status, content=body))
    assert isinstance(run(*words)[1], SawtError)


def test_a_list_that_leads_back_to_itself_ends(hostile: Any) -> None:
    seen = hostile(lambda _: httpx.Response(200, json={"items": [], "next": "again"}))
    assert isinstance(run("messages", "list", "--json", "--all")[1], Unavailable)
    assert len(seen) == 2


def test_a_page_in_html_is_no_success(hostile: Any, tmp_path: Path) -> None:
    hostile(lambda _: httpx.Response(200, html="<p>Welcome to this hotel</p>"))
    assert isinstance(run("consultation", "discard", "plan")[1], Unavailable)
    assert isinstance(run("audit", "export", str(tmp_path / "record.jsonl"))[1], Unavailable)
    assert not (tmp_path / "record.jsonl").exists()


def test_an_endless_answer_is_cut(hostile: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sawt.cli.service_answers.LARGEST", 1000)
    hostile(lambda _: httpx.Response(200, content=iter([b" " * 600] * 3)))
    assert "too long" in str(run("whoami")[1])


@pytest.mark.parametrize("token", ["sawt_é", "a\nX-Actor: b", "a b", "\x00"])
def test_a_token_that_fits_no_header_is_said(token: str, hostile: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = hostile(lambda _: httpx.Response(200))
    login_file.save(Login(HERE, token, "amina"))
    assert isinstance(run("whoami")[1], Invalid)
    if "\0" not in token:
        monkeypatch.setenv(login_file.TOKEN, token)
        monkeypatch.setenv(login_file.URL, HERE)
        assert isinstance(run("whoami")[1], Invalid)
    assert not seen


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/sawt",  # the token would go to whatever else is on this host
        "https://sawt.example?to=evil",
        "https://sawt.example#evil",
        "https://sawt example",
        "https://sawt.exa\nmple",
        "https://sawt.example\\@evil.example",
        "https://sawt%2eexample",
        "https://@evil.example",
        "https://[::1",
        "https://sawt.example:x",
    ],
)
def test_an_address_is_taken_as_written_or_not_at_all(url: str) -> None:
    with pytest.raises(Invalid, match=r"looks like https://sawt\.example"):
        login_file.checked(url)


@pytest.mark.parametrize("url", ["https://a..b", "https://-", f"https://{'a' * 300}.example", "https://١.example"])
def test_an_address_that_is_no_host_is_one_sentence(url: str, hostile: Any) -> None:
    hostile(lambda _: httpx.Response(200))
    assert isinstance(run("login", "amina", "--url", url, typed="password\n000000\n")[1], SawtError)


def test_another_service_than_the_one_signed_in_to_is_refused(hostile: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = hostile(lambda _: httpx.Response(200))
    monkeypatch.setenv(login_file.URL, "https://staging.example")
    error = run("resident", "erase", "12", "--yes")[1]
    assert str(error) == f"SAWT_URL is https://staging.example, but you are signed in to {HERE}: sawt login"
    assert not seen
    monkeypatch.setenv(login_file.URL, f"{HERE}/")
    assert login_file.current().url == HERE


def test_no_proxy_reads_what_is_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    assert not service.connection(Login("http://localhost:8000", "")).trust_env
    assert service.connection(Login(HERE, "")).trust_env


@pytest.mark.parametrize("code", ["..", ".", "", "a/b", "\udcff"])
def test_a_code_leads_to_no_other_route(code: str, hostile: Any) -> None:
    seen = hostile(lambda _: httpx.Response(204))
    assert isinstance(run("staff", "disable", code, "--yes")[1], Invalid)
    assert not seen


@pytest.mark.parametrize("code", ["a?b=c", "a#b", "a%2Fb", "a b", "é"])
def test_a_code_is_quoted(code: str, hostile: Any) -> None:
    seen = hostile(lambda _: httpx.Response(204))
    run("staff", "disable", code, "--yes")
    assert (seen[0].url.path, seen[0].url.query) == (f"/v1/staff/{code}/disable", b"")


def test_a_lost_answer_to_a_code_is_not_asked_for_again(hostile: Any) -> None:
    """The code works once: a second try would be counted as a failure, and say that it was wrong."""

    def lose(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("lost")

    seen = hostile(lose)
    assert isinstance(run("confirm", typed="123456\n")[1], Unavailable)
    assert isinstance(run("login", "amina", "--url", HERE, typed="password\n000000\n")[1], Unavailable)
    assert [each.url.path for each in seen] == ["/v1/session/confirm", "/v1/session"]
    assert isinstance(run("consultation", "open", "plan")[1], Unavailable)
    assert len({each.headers["Idempotency-Key"] for each in seen[2:]}) == 1
    assert len(seen) == 4


def test_a_new_session_ends_the_one_before(hostile: Any) -> None:
    new = {"name": "amina", "token": "sawt_session_y", "ends_at": "2026-11-30T00:00:00Z"}
    seen = hostile(lambda request: httpx.Response(204) if request.method == "DELETE" else httpx.Response(201, json=new))
    output, _ = run("login", "amina", typed="password\n000000\n")
    assert "Signed in" in output
    assert [(each.method, each.headers.get("Authorization")) for each in seen] == [
        ("POST", None),
        ("DELETE", "Bearer sawt_session_x"),
    ]
    assert login_file.current().token == "sawt_session_y"


def test_a_token_of_the_environment_signs_nobody_else_out(hostile: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = hostile(lambda _: httpx.Response(422, json={"detail": "this is an API token"}))
    monkeypatch.setenv(login_file.TOKEN, "sawt_client")
    monkeypatch.setenv(login_file.URL, HERE)
    assert isinstance(run("logout")[1], Invalid)
    assert seen[0].headers["Authorization"] == "Bearer sawt_client"
    assert login_file.file().exists()


def test_nobody_catches_the_file_while_it_is_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In a shared folder, somebody puts a link in the place of the new file as soon as the old one is removed."""
    monkeypatch.setenv(login_file.FILE, str(tmp_path / "login.json"))
    trap = tmp_path / "trap"
    trap.touch(mode=0o666)
    unlink = Path.unlink

    def catch(self: Path, missing_ok: bool = False) -> None:
        unlink(self, missing_ok=missing_ok)
        self.symlink_to(trap)

    monkeypatch.setattr(Path, "unlink", catch)
    with suppress(OSError, SawtError):
        login_file.save(Login(HERE, "sawt_session_x", "amina"))
    assert trap.read_text() == ""


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
def test_a_file_that_others_may_read_or_write_is_not_used(mode: int) -> None:
    login_file.save(Login(HERE, "sawt_session_x", "amina"))
    login_file.file().chmod(mode)
    with pytest.raises(Invalid, match="others"):
        login_file.current()


def test_a_file_of_somebody_else_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    login_file.save(Login("https://evil.example", "x", "amina"))
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(Invalid, match="others"):
        login_file.current()


@pytest.mark.parametrize("content", [DEEP.decode(), "[]", "null", json.dumps({"url": HERE}), "\udcff"])
def test_a_spoilt_file_is_one_sentence(content: str) -> None:
    login_file.save(Login(HERE, "sawt_session_x", "amina"))
    login_file.file().write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(Invalid, match="cannot read"):
        login_file.current()


@pytest.mark.parametrize("body", [b"\xff\xfe\n", b'"' + b"x" * 200_000 + b'"\n', "é".encode()[:1]])
@pytest.mark.parametrize("words", [("audit", "export"), ("answers", "export", "plan"), ("campaign", "recipients", "1")])
def test_a_file_of_the_wrong_kind_is_one_sentence(
    body: bytes, words: tuple[str, ...], hostile: Any, tmp_path: Path
) -> None:
    hostile(lambda _: httpx.Response(200, content=body))
    option = ["--csv"] if words[1] == "recipients" else []
    output, error = run(*words, *option, str(tmp_path / "file"))
    if words[0] == "audit" and b"x" in body:
        assert error is None, output  # a line of any length
    else:
        assert isinstance(error, Unavailable)
        assert "is one of the two older?" in str(error)


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00"])
def test_a_time_at_the_end_of_all_times_is_shown(time: str, hostile: Any) -> None:
    right = {"number": 1, "name": "x", "rights": [], "made_at": time, "made_by": "y", "expires_at": time}
    page = {"items": [{**right, "revoked_at": None, "used_at": None}], "next": None}
    hostile(lambda _: httpx.Response(200, json=page))
    output, error = run("tokens", "list")
    assert error is None, error
    assert time[:4] in output
