"""Staff's input: files from editors on Windows, names, and texts are accepted, or refused in a sentence."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from api import audit
from api.db import dialect
from api.errors import Invalid
from tests.api.office import call
from tests.campaigns.office import NEWS
from tests.commitments.plans import plan
from tests.meetings.planned import meeting
from tests.staff.test_commands_and_api import run_sawt
from tests.terminal import Terminal
from tests.world import World

__all__ = ["run_sawt"]  # a fixture
READERS = ("consultation create", "meeting create", "commitment plan")
NAMED = ("lanes resume sms",)


@pytest.mark.parametrize("reader", READERS)
def test_a_file_that_cannot_be_read_is_refused_in_a_sentence(run_sawt: Any, tmp_path: Path, reader: str) -> None:
    file = tmp_path / "damaged.json"
    for data in ('{"title": "Été prochain"}'.encode()[:-8] + b"\xff}", b'{\r\n"title": "\x98\x9d\x81"}'):
        file.write_bytes(data)
        code, output = run_sawt(f"{reader} {file}")
        assert (code, len(output.splitlines())) == (1, 1), output
        assert "cannot read" in output
        assert "line " in output


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le", "utf-8-sig"])
async def test_a_file_is_read_as_an_office_saved_it(terminal: Terminal, tmp_path: Path, encoding: str) -> None:
    description, file = plan(), tmp_path / "windows.json"
    description["title"] |= {"fr": "Plan d’action de la Région, édition de l’été"}
    escaped = {**description, "title": {**description["title"], "fr": "TITLE"}}
    text = json.dumps(escaped).replace("TITLE", description["title"]["fr"])
    file.write_bytes(text.encode(encoding))
    assert (await terminal("commitment", "plan", str(file))).stderr == "plan-test is created.\n"
    assert "édition de l’été" in (await terminal("commitment", "export", "plan-test", "--json")).stdout


@pytest.mark.parametrize("file", ["-", "plan.json"])
async def test_a_mark_before_a_text_is_no_part_of_it(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.chdir(tmp_path)
    text = f"\ufeff{json.dumps(plan())}"
    (tmp_path / "plan.json").write_text(text, encoding="utf-8")
    assert (await terminal("commitment", "plan", file, typed=text)).stderr == "plan-test is created.\n"


@pytest.mark.parametrize("line", NAMED)
def test_a_name_that_no_record_can_hold_is_refused_in_a_sentence(run_sawt: Any, line: str) -> None:
    code, output = run_sawt(f"{line} --as {'x' * 41}")
    assert (code, output) == (1, "--as: a name has 1 to 40 letters, not 41\n")


async def test_json_that_cannot_be_kept_is_refused(world: World) -> None:
    nul = {"ar": "ا", "fr": "a\x00b", "zgh": "ⴰ"}
    for path, body in (("meetings", meeting(world, "nul", place=nul)), ("meetings/nul/minutes", nul)):
        answer = await call(world, "POST", f"/v1/{path}", json=body)
        assert (answer.status_code, "control character" in answer.text) == (422, True), answer.text
    strange = {**NEWS, "audience": {"answered": "a\x00b"}}
    assert (await call(world, "POST", "/v1/campaigns", json=strange)).status_code in (201, 422)  # SQLite accepts it


async def test_a_text_too_long_for_its_column_is_refused(world: World) -> None:
    async with world.db.transaction() as session:
        accepted = dialect(session) == "sqlite"  # accepts texts of any length
    with nullcontext() if accepted else pytest.raises(Invalid, match="out of range"):
        async with world.db.transaction() as session:
            await audit.note(session, who="x" * 41, act="show", subject="7", now=world.now())
