"""`sawt login`: a session of the command line, over /v1, with the rights of the person who signed in."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.errors import Forbidden, Invalid
from api.staff.models import StaffSession
from sawt.__main__ import cli
from sawt.cli import login_file, service
from tests.accounts.office import PASSWORD, Person, browser, count, make
from tests.terminal import InProcess
from tests.world import World

HERE = "https://quiet.invalid"


@pytest.fixture
async def amina(quiet_world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Somebody who moderates ideas, and a terminal where nobody is signed in yet."""
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(service, "transport", lambda: InProcess(quiet_world.service.app, loop))
    monkeypatch.setenv(login_file.FILE, str(tmp_path / "private" / "login.json"))
    async with browser(quiet_world) as http:
        person = await make(quiet_world, "amina", "moderator", http=http)
        quiet_world.now.advance(minutes=1)
        yield person


async def run(*words: str, typed: str | None = None) -> str:
    """What a command prints, or the error it ends with."""
    result = await asyncio.to_thread(CliRunner().invoke, cli, list(words), input=typed)
    return str(result.exception) if result.exception is not None else result.output


async def signed_in(world: World, person: Person, password: str = PASSWORD) -> str:
    """Sign in as a person does at the prompts."""
    typed = f"{person.name}\n{password}\n{person.code(world.now())}\n"
    return await run("login", "--url", HERE, typed=typed)


async def test_a_person_signs_in_works_and_signs_out(quiet_world: World, amina: Person, tmp_path: Path) -> None:
    assert "sign in first: sawt login" in await run("idea", "list")
    assert f"Signed in to {HERE} as amina" in await signed_in(quiet_world, amina)
    file = tmp_path / "private" / "login.json"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert PASSWORD not in file.read_text()
    assert "moderate" in await run("whoami")
    assert await run("idea", "list") == "none\n"
    assert "Signed out." in await run("logout")
    assert not file.exists()
    assert await count(quiet_world.db, StaffSession) == 0
    assert "sign in first" in await run("whoami")


async def test_v6_3_8_whatever_is_wrong_the_answer_is_one_sentence(quiet_world: World, amina: Person) -> None:
    wrong = "the name, the password or the code is wrong"
    assert wrong in await signed_in(quiet_world, amina, "not the password")
    assert wrong in await run("login", "--url", HERE, typed=f"nobody\n{PASSWORD}\n{amina.code(quiet_world.now())}\n")
    for _ in range(2):
        assert wrong in await run("login", "--url", HERE, typed=f"amina\n{PASSWORD}\n000000\n")
    assert "wait" in await run("login", "--url", HERE, typed=f"amina\n{PASSWORD}\n000000\n")


async def test_a_missing_right_is_named(quiet_world: World, amina: Person) -> None:
    await signed_in(quiet_world, amina)
    answer = await run("staff", "list")
    assert answer == "this requires the right manage_staff: someone with the right manage_staff can grant it"


async def test_v7_3_1_a_session_ends_after_half_an_hour(quiet_world: World, amina: Person) -> None:
    await signed_in(quiet_world, amina)
    quiet_world.now.advance(minutes=31)
    assert "you are signed out: sawt login" in await run("idea", "list")


async def test_a_fresh_code_is_asked_for_where_one_is_needed(quiet_world: World, amina: Person) -> None:
    await signed_in(quiet_world, amina)
    quiet_world.now.advance(minutes=11)
    assert "no: sawt confirm" in await run("whoami")
    assert "Confirmed" in await run("confirm", typed=f"{amina.code(quiet_world.now())}\n")
    token = json.loads(login_file.file().read_text())["token"]
    answer = await quiet_world.http.get("/v1/session", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["fresh"] is True


async def test_a_token_from_the_environment_needs_no_login(
    quiet_world: World, amina: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(login_file.TOKEN, "sawt_wrong")
    assert "SAWT_URL is not" in await run("idea", "list")
    monkeypatch.setenv(login_file.URL, HERE)
    assert "you are signed out" in await run("idea", "list")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://sawt.example", "use https"),
        ("sawt.example", "looks like https://sawt.example"),
        ("ftp://sawt.example", "looks like https://sawt.example"),
        ("https://amina:secret@sawt.example", "looks like https://sawt.example"),
        ("http://[", "looks like https://sawt.example"),
        ("http://127.0.0.1.sawt.example", "use https"),
    ],
)
def test_no_password_crosses_the_network_unencrypted(url: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        login_file.checked(url)


def test_this_machine_needs_no_tls() -> None:
    assert login_file.checked("http://127.0.0.1:8000/") == "http://127.0.0.1:8000"
    assert login_file.checked("http://localhost:8000") == "http://localhost:8000"
    assert login_file.checked("http://[::1]:8000") == "http://[::1]:8000"


def test_a_spoilt_file_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(login_file.FILE, str(tmp_path / "login.json"))
    (tmp_path / "login.json").write_text("{")
    with pytest.raises(Invalid, match="cannot read"):
        login_file.current()
    (tmp_path / "login.json").unlink()
    with pytest.raises(Forbidden, match="sign in first"):
        login_file.current()
