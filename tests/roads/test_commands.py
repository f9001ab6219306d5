"""`sawt roads list`, and what `sawt doctor` says of roads, routes and prices."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsError
from rich.console import Console
from typer.testing import CliRunner

from api.settings import Settings
from sawt import __main__ as command
from sawt.cli import listing
from sawt.cli.system import roads
from sawt.doctor.finding import Finding, faults
from sawt.doctor.road_checks import check_roads
from tests.world import settings_for

NUMBER = {"name": "number", "provider": "twilio", "sender": "+212600000099", "backup": ["name"], "per_second": 2.5}
NAMED = {"name": "name", "provider": "twilio", "sender": "SAWT"}
ROUTE = {"prefix": "+2126", "purpose": "invite", "roads": {"number": 3, "name": 1}}
PRICE = {"prefix": "+212", "amount": 0.1, "currency": "USD", "as_of": "2026-11-01"}


def findings(**changed: Any) -> dict[str, list[Finding]]:
    """Return the doctor's findings, by what they are about."""
    values = settings_for("sqlite+aiosqlite:///none.db", "http://127.0.0.1", **changed).model_dump()
    result: dict[str, list[Finding]] = {}
    for each in check_roads(Settings(_env_file=None, **values)):
        result.setdefault(each.subject, []).append(each)
    return result


def one(by_subject: dict[str, list[Finding]], subject: str) -> Finding:
    (only,) = by_subject[subject]
    return only


def test_fitting_roads_routes_and_prices_are_fine() -> None:
    result = findings(roads=[NUMBER, {**NAMED, "sender": "MG12"}], routes=[ROUTE], prices=[PRICE])
    assert [each.words for group in result.values() for each in group if each.ok is not True] == []
    assert "2.5 segments a second; backup: name" in one(result, "road number").words
    assert one(result, "SAWT_PRICES").words == "prices in USD, as of 2026-11-01"


def test_a_one_way_sender_is_worth_a_hint() -> None:
    hint = findings(roads=[NUMBER, NAMED])["road name"][1]
    assert (hint.ok, "SAWT_ANSWER_TO" in hint.words, "cannot" in hint.words) == (None, True, True)
    answered = findings(roads=[NUMBER, NAMED], answer_to="5757")["road name"][1]
    assert (answered.ok, "SAWT_ANSWER_TO" in answered.words) == (None, True)
    assert len(findings(roads=[NUMBER, NAMED])["road number"]) == 1


@pytest.mark.parametrize(
    ("changed", "subject", "words"),
    [
        ({"roads": [{**NUMBER, "backup": ["nowhere"]}]}, "SAWT_ROADS", "the backup of number names nowhere"),
        ({"roads": [NUMBER, NUMBER, NAMED]}, "SAWT_ROADS", "two roads have the same name"),
        ({"roads": [NAMED], "routes": [ROUTE]}, "SAWT_ROADS", "a route names number"),
        ({"roads": [{**NAMED, "provider": "kannel"}]}, "road name", "kannel is not switched on"),
        ({"roads": [{**NAMED, "sender": ""}]}, "road name", "no sender"),
        (
            {"roads": [NAMED], "routes": [{"roads": {"name": 1}}, {"roads": {"name": 2}}]},
            "SAWT_ROUTES",
            "row 1 matches",
        ),
        ({"prices": [PRICE, {**PRICE, "currency": "MAD"}]}, "SAWT_PRICES", "several currencies"),
        ({"prices": [{**PRICE, "road": "nowhere"}, PRICE]}, "SAWT_PRICES", "roads that do not exist"),
        (
            {"prices": [{**PRICE, "prefix": "+33"}]},
            "SAWT_PRICES",
            "no price is set for SMS to Moroccan mobile numbers on twilio",
        ),
        ({"day_budget": 5.0}, "SAWT_PRICES", "SAWT_DAY_BUDGET"),
    ],
)
def test_what_is_wrong_is_explained(changed: dict[str, Any], subject: str, words: str) -> None:
    finding = findings(**changed)[subject][0]
    assert finding.ok is False
    assert words in finding.words


def test_missing_settings_are_no_error() -> None:
    result = findings()
    assert [(subject, one(result, subject).ok) for subject in result] == [("SAWT_ROUTES", None), ("SAWT_PRICES", None)]


@pytest.mark.parametrize("value", ["[{", '[{"name": "A road", "provider": "twilio"}]', '[{"name": "a"}]'])
def test_malformed_settings_are_named(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    words = "SAWT_ROADS"
    monkeypatch.setenv("SAWT_ROADS", value)
    with pytest.raises((ValidationError, SettingsError)) as error:
        Settings(_env_file=None)
    assert words in " ".join(f"{each.subject} {each.words}" for each in faults(error.value))
    monkeypatch.chdir("/")  # away from any .env
    answer = CliRunner().invoke(command.cli, ["doctor"])
    assert (answer.exit_code, words in answer.output) == (1, True)


def test_every_command_names_malformed_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir("/")
    monkeypatch.setenv("SAWT_RATE", "secret")
    for words in (["lanes", "list"], ["serve"]):
        monkeypatch.setattr(sys, "argv", ["sawt", *words])
        with pytest.raises(SystemExit) as ended:
            command.main()
        error = capsys.readouterr().err
        assert (ended.value.code, error.count("\n"), "secret" in error) == (2, 1, False)
        assert error.startswith("SAWT_RATE: ")


@pytest.fixture
def console(monkeypatch: pytest.MonkeyPatch) -> Console:
    console = Console(width=200, record=True, quiet=False)
    for module in (roads, listing):
        monkeypatch.setattr(module, "_out", console)
    return console


def test_the_list_shows_roads_routes_and_prices(monkeypatch: pytest.MonkeyPatch, console: Console) -> None:
    monkeypatch.chdir("/")
    for name, value in {"ROADS": [NUMBER, NAMED], "ROUTES": [ROUTE], "PRICES": [PRICE]}.items():
        monkeypatch.setenv(f"SAWT_{name}", json.dumps(value))
    monkeypatch.setenv("SAWT_TWILIO_ACCOUNT_SID", "AC" + "0" * 32)
    assert CliRunner().invoke(command.cli, ["roads", "list"]).exit_code == 0
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in console.export_text().splitlines()]
    assert ["number", "sms", "twilio", "+212600000099", "yes", "2.5", "name"] in rows
    assert ["name", "sms", "twilio", "SAWT", "no: one-way", "10", ""] in rows
    assert ["telegram", "telegram", "telegram (off)", "", "yes", "25", ""] in rows
    assert ["1", "sms", "+2126…", "invite", "any", "number 75%, name 25%"] in rows
    assert ["any", "+212…", "0.1 USD", "2026-11-01", ""] in rows


def test_a_bad_number_is_refused_before_anything_is_done() -> None:
    answer = CliRunner().invoke(command.cli, ["roads", "test", "--to", "5757", "--as", "amina"])
    assert "too short" in str(answer.exception)


@pytest.mark.parametrize("name", ["test", "recipients", "watch", "launch", "report"])
def test_every_command_of_a_campaign_exists(name: str) -> None:
    assert CliRunner().invoke(command.cli, ["campaign", name, "--help"]).exit_code == 0
