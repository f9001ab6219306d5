"""Commands print residents' texts without obeying them, in any encoding, and in error messages too."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from sawt import __main__ as command
from sawt.cli.visible import visible, visible_json
from tests.staff.hostile import HOSTILE, MARKUP, OBEYED, SHOWN, hostile
from tests.terminal import Terminal
from tests.world import KEYS, quiet

ROOT = Path(__file__).resolve().parents[2]

# Every command that shows somebody's text, except those that need a provider.
SHOWING = [
    "today", "results", "idea list", "idea list --state received", "idea show 1", "desk list", "desk read {letter}",
    "desk overview", "proposal list", "proposal show {proposal}", "resident show 1", "resident merges",
    "resident acts", "words unmatched", "words unmatched --json", "messages list hint.stop", "agent list",
    "campaign list",
    "campaign report {campaign}", "consultation list", "commitment plans", "commitment list {plan}", "meeting list",
    "commitment show {plan} 1", "commitment late {plan}", "commitment export {plan} --json", "meeting show {meeting}",
    "meeting who {meeting}", "lanes list", "roads list", "idea show 1 --json", "today --json", "results --json",
]  # fmt: skip
# Those that at present only print our own texts; they must obey nothing either.
HIDING = ("messages", "desk list", "desk overview", "resident show", "meeting who", "roads", "lanes")


@pytest.fixture
async def poisoned(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[dict[str, str]]:
    """The names of some rows of a hostile database, with which commands of this test work."""
    names = await hostile(database_url)
    for name, value in {"SAWT_DATABASE_URL": database_url, "SAWT_KEYS": KEYS, "COLUMNS": "600"}.items():
        monkeypatch.setenv(name, value)
    async with quiet(database_url, empty=False) as world:
        await Terminal(world, monkeypatch).sign_in("amina")
        yield names


def test_what_a_terminal_obeys_is_written_out() -> None:
    assert visible(HOSTILE) == SHOWN
    assert visible("a\x00b\x7f\x9bc\u2028\ud800") == r"a\x00b\x7f\x9bc\u2028\ud800"
    assert visible("a\nb\tc\r") == r"a\nb\tc\r"
    assert visible("a\nb\tc", lines=True) == "a\nb\\tc"
    for kept in ("centre de santé\u00a0!", "مركز صحي، ٣", "ⴰⵣⵓⵍ", "👩\u200d👧", "«\u202fx\u202f»"):
        assert visible(kept) == kept


@given(st.text())
def test_json_says_the_same_in_any_encoding(text: str) -> None:
    written = json.dumps({"text": text}, ensure_ascii=False, indent=2)
    for encoding in ("utf-8", "latin-1", "ascii"):
        shown = visible_json(written, encoding)
        assert json.loads(shown) == {"text": text}
        shown.encode(encoding)
        assert visible(shown, lines=True) == shown


async def test_no_command_obeys_what_somebody_wrote(poisoned: dict[str, str]) -> None:
    for line in SHOWING:
        result = await asyncio.to_thread(CliRunner().invoke, command.cli, line.format_map(poisoned).split())
        assert result.exit_code == 0, (line, result.output, result.exception)
        assert not any(sign in result.output for sign in OBEYED), line
        if line.startswith(HIDING):
            continue
        if line.startswith("commitment"):
            assert MARKUP in result.output, (line, result.output)
        elif result.output.startswith(("{", "[")):
            assert json.dumps(HOSTILE)[1:-1] in json.dumps(json.loads(result.output)), line
        else:
            assert SHOWN in result.output, (line, result.output)


async def test_a_letter_cannot_look_like_an_answer(poisoned: dict[str, str]) -> None:
    result = await asyncio.to_thread(CliRunner().invoke, command.cli, ["desk", "read", poisoned["letter"]])
    assert re.search(r"^    2026-01-01 > staff", result.output, flags=re.MULTILINE)
    assert not re.search(r"^2026-01-01", result.output, flags=re.MULTILINE)


async def test_an_error_shows_what_was_given(
    poisoned: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (
        ("consultation", "open"),
        ("consultation", "discard"),
        ("results",),
    ):
        for name in ("[/x]\x1b[31m", "[bold]plan\n\u202e"):
            assert await asyncio.to_thread(ended, monkeypatch, *words, name) == 1
            assert capsys.readouterr().err == f"there is no consultation {visible(name)}\n"
    assert await asyncio.to_thread(ended, monkeypatch, "[/x]") == 2
    assert "[/x]" in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252"])
async def test_any_encoding_prints_with_replacements(
    poisoned: dict[str, str], monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    tried = {"messages list hint.stop": 0, "idea list": 0, "idea --help": 0, "consultation open ⴰⵣⵓⵍ": 1}
    for line, code in tried.items():
        with monkeypatch.context() as patched:
            out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2))
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", err)
            assert await asyncio.to_thread(ended, patched, *line.split()) == code, line
        out.flush()
        shown, wrong = (each.buffer.getvalue().decode(encoding) for each in (out, err))  # type: ignore[attr-defined]
        assert wrong == ("there is no consultation ????\n" if code else ""), line
        assert code or shown
        assert "??" in shown or not line.startswith("messages"), shown


@pytest.mark.parametrize(
    "settings",
    [{"PYTHONIOENCODING": "latin-1"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
    ids=["latin-1", "C"],
)
async def test_a_terminal_of_another_encoding(settings: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sawt", "places", cwd=ROOT, env={**os.environ, **settings},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert b"01.571" in out
    assert b"??" in out


def ended(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Run `sawt` in this process; returns its exit code."""
    monkeypatch.setattr(sys, "argv", ["sawt", *words])
    try:
        command.main()
    except SystemExit as error:
        return int(error.code or 0)
    return 0
