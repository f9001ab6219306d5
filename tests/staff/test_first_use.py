"""Staff can begin without reading source: examples work, names replace codes, the demonstration is ready."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from api.clock import MOROCCO
from api.consultations.fields import Moment
from api.errors import Invalid
from api.region import places
from api.region.lookup import commune, province, theme
from api.region.themes import themes
from api.settings import Settings
from sawt.cli import examples
from sawt.cli.cli_input import parsed
from sawt.cli.voting.poster import link_to
from sawt.demo import environment
from sawt.demo.service import variables
from tests.staff.test_commands_and_api import run_sawt
from tests.terminal import Terminal
from tests.world import KEYS, World

__all__ = ["run_sawt"]  # a fixture
FILES = (
    "consultation create",
    "meeting create",
    "campaign create",
    "proposal create",
    "commitment plan",
    "round create",
)


@pytest.mark.parametrize("command", FILES)
async def test_each_example_is_printed_and_accepted(terminal: Terminal, tmp_path: Path, command: str) -> None:
    group, verb = command.split()
    example = "plan" if group == "commitment" else group
    text = examples.text(example)
    assert (await terminal(group, "example")).stdout.strip() == text.strip()
    file = tmp_path / "example.toml"
    file.write_text(text.replace("[9, 10]", "[1, 2]"), encoding="utf-8")  # the example uses 9 and 10
    if group == "campaign":
        consultation = tmp_path / "consultation.toml"
        consultation.write_text(examples.text("consultation"), encoding="utf-8")
        await terminal("consultation", "create", str(consultation))
    if group == "round":
        for code in ("puits", "reseau"):
            proposal = tmp_path / f"{code}.toml"
            text = examples.text("proposal").replace("puits-chefchaouen", code)
            proposal.write_text(text, encoding="utf-8")
            await terminal("proposal", "create", str(proposal))
            await terminal("proposal", "publish", code)
    await terminal(group, verb, str(file))


async def test_a_round_is_described_by_the_line_or_by_a_file(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "round.toml"
    file.write_text(examples.text("round"), encoding="utf-8")
    for words in ((str(file), "--kind", "ranking"), ("vote", "--threshold", "3")):
        assert "a file alone" in await terminal.refused("round", "create", *words)
    assert "there is no proposal 9" in await terminal.refused("round", "create", str(file))
    line = ("vote", "1", "2", "--kind", "ranking", "--threshold", "30")
    assert "there is no proposal 1" in await terminal.refused("round", "create", *line)


def test_every_example_has_a_command_that_prints_it() -> None:
    folder = Path(examples.__file__).parent
    names = {"plan" if each.split()[0] == "commitment" else each.split()[0] for each in FILES}
    assert {file.stem for file in folder.glob("*.toml")} == names


@pytest.mark.parametrize("text", ["code = ", "x", "questions = 1\nquestions = 2"])
def test_what_is_neither_json_nor_toml_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(Invalid, match="neither JSON nor TOML"):
        parsed(Settings, text)


@pytest.mark.parametrize("written", ["2026-12-01T10:00", "2026-12-01 10:00:00", "2026-12-01T10:00[Africa/Casablanca]"])
def test_a_time_without_an_offset_is_moroccan(written: str) -> None:
    expected = datetime(2026, 12, 1, 10, tzinfo=MOROCCO)
    assert TypeAdapter(Moment).validate_python(written) == expected
    assert TypeAdapter(Moment).validate_python(expected.astimezone(UTC).isoformat()) == expected


def test_every_place_and_theme_is_known_by_its_code_and_its_names() -> None:
    for place in places.provinces():
        assert {province(name) for name in (place.code, place.fr, place.ar, place.fr.upper())} == {place.code}
        assert all(commune(each.code) == each.code for each in places.communes(place.code))
    for each in themes():
        assert {theme(name) for name in (each.code, *each.words.values())} == {each.code}


@pytest.mark.parametrize("look_up", [province, commune, theme])
@pytest.mark.parametrize("written", ["", "Atlantis", "01.57", "99.999"])
def test_an_unknown_name_is_refused_with_a_way_on(look_up: Any, written: str) -> None:
    with pytest.raises(Invalid, match=r"sawt places|choose from water"):
        look_up(written)


async def test_files_take_names_where_codes_are(terminal: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "meeting.toml"
    file.write_text(examples.text("meeting").replace('"Tétouan"', '"تطوان"', 1), encoding="utf-8")
    assert (await terminal("meeting", "create", str(file))).stderr == "eau-tetouan is planned.\n"
    assert ((await terminal("places", "tetouan")).stderr, (await terminal("themes")).stderr) == ("", "")


def test_commands_work_on_the_demonstration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(_env_file=None, keys="0:a'b", vault=[tmp_path / "vault"], agent_apart=5.0)  # type: ignore[arg-type]
    environment.write(tmp_path, variables(settings))
    file = tmp_path / "demo.env"
    assert file.stat().st_mode & 0o077 == 0
    monkeypatch.setattr(os, "environ", dict(os.environ))
    environment.use(tmp_path)
    again = Settings(_env_file=None)
    assert (again.keys, again.vault, again.agent_apart) == (settings.keys, settings.vault, 5.0)


def test_without_a_demonstration_one_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="there is no demonstration"):
        environment.use(tmp_path)


async def test_a_poster_says_how_to_take_part(
    quiet_world: World, terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAWT_DATABASE_URL", quiet_world.settings.database_url)
    monkeypatch.setenv("SAWT_KEYS", KEYS)
    drawn = tmp_path / "poster.svg"
    poster = ("consultation", "poster", "plan")
    assert "no number and no bot" in await terminal.refused(*poster)
    monkeypatch.setenv("SAWT_TELEGRAM_BOT", "@sawt_bot")
    assert link_to("plan", Settings(_env_file=None)) == "https://t.me/sawt_bot?start=plan"
    assert (await terminal(*poster, "--svg", str(drawn))).stderr == f"The QR code is written to {drawn}.\n"
    assert "exists already: pass --overwrite" in await terminal.refused(*poster, "--svg", str(drawn))
    await terminal(*poster, "--svg", str(drawn), "--overwrite")
    assert b"<svg" in drawn.read_bytes()
    assert "cannot write" in await terminal.refused(*poster, "--svg", f"{tmp_path}/no/poster.svg")
