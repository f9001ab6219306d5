"""The command line's wording: faults count from 1, singular and plural, required steps, states."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from api.campaigns import transitions
from api.campaigns.transitions import CampaignState
from api.consultations.schemas import ConsultationIn
from api.errors import Conflict
from api.text import spreadsheet
from api.text.fault_words import faults, sentence
from sawt.__main__ import cli
from sawt.cli.cli_format import people, state_sentence
from sawt.cli.outreach.campaign_pages import _DONE
from sawt.cli.printing import Printer, Table
from sawt.doctor.checks import examine
from sawt.doctor.rules_in_force import in_force
from tests.api.office import call
from tests.api.test_rounds_counted import question
from tests.consultations import main_consultation
from tests.world import World

LABEL = {"ar": "x", "fr": "x", "zgh": "x"}
AT = datetime(2026, 11, 29, 9, 49, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "vote"}, "question 2, kind: the value must be one of yes_no, single, "),
        ({"options": [LABEL, {"ar": "x", "zgh": "x"}]}, "question 2, option 2, fr: a value is required"),
        ({"text": {"ar": "x", "fr": "", "zgh": "x"}}, "question 2, text, fr: the value is empty"),
        ({"rules": {"threshold": "many"}}, "question 2, rules, threshold: the value must be a whole number"),
        ({"nonsense": 1}, "question 2, nonsense: this field does not exist"),
    ],
)  # fmt: skip
def test_a_fault_is_found_by_whoever_counts_from_one(changed: dict[str, Any], message: str) -> None:
    body = {**main_consultation(), "questions": [question("yes_no"), {**question("single", options=3), **changed}]}
    with pytest.raises(ValidationError) as caught:
        ConsultationIn.model_validate(body)
    assert message in faults(caught.value)
    assert "Input should" not in faults(caught.value)


def test_lengths_are_in_letters() -> None:
    for kind, limits, said in (
        ("string_too_short", {"min_length": 1}, "the value is empty"),
        ("string_too_short", {"min_length": 2}, "the value must have at least 2 characters"),
        ("string_too_long", {"max_length": 24}, "the value must have at most 24 characters"),
        ("literal_error", {"expected": "'a', 'b' or 'c'"}, "the value must be one of a, b, c"),
    ):
        assert sentence({"type": kind, "ctx": limits, "msg": "String should …"}) == said


@pytest.mark.parametrize(
    ("state", "step", "said"),
    [
        ("draft", "approve", "campaign 2 is a draft: submit it first"),
        ("draft", "launch", "campaign 2 is a draft: submit and approve it first"),
        ("submitted", "schedule", "campaign 2 is submitted: approve it first"),
        ("approved", "pause", "campaign 2 is approved: launch it first"),
        ("running", "resume", "campaign 2 is running: the step 'resume' needs a campaign that is paused"),
        ("finished", "submit", "campaign 2 is finished: the step 'submit' needs a campaign that is a draft"),
    ],
)
def test_what_comes_before_a_step_is_said(state: str, step: str, said: str) -> None:
    with pytest.raises(Conflict) as caught:
        transitions.next_state(CampaignState(state), step, subject="campaign 2")
    assert str(caught.value) == said


def test_every_step_of_a_history_has_words() -> None:
    assert set(_DONE) == {"create", *transitions.ACTIONS, *transitions.UNCHANGING}


@pytest.mark.parametrize(
    ("state", "moments", "said"),
    [
        ("draft", {}, "a draft; opens manually, closes manually"),
        ("draft", {"opens_at": AT}, "a draft; opens on 29/11/2026 09:49, closes manually"),
        ("open", {"opened_at": AT}, "open since 29/11/2026 09:49; closes manually"),
        ("open", {"opened_at": AT, "closes_at": AT}, "open since 29/11/2026 09:49; closes on 29/11/2026 09:49"),
        ("closed", {"opened_at": AT, "closed_at": AT}, "closed since 29/11/2026 09:49"),
    ],
)
def test_where_a_consultation_stands(state: str, moments: dict[str, datetime], said: str) -> None:
    none = dict.fromkeys(("opens_at", "opened_at", "closes_at", "closed_at"))
    assert state_sentence(SimpleNamespace(state=state, **{**none, **moments})) == said  # type: ignore[arg-type]


def test_one_is_one() -> None:
    assert [people(count) for count in (0, 1, 2)] == ["0 people", "1 person", "2 people"]


def test_rows_are_counted_whatever_cells_hold() -> None:
    assert spreadsheet.count(spreadsheet.lines([("a", 'x\r\ny;"z'), ("b", "")])) == 2
    assert spreadsheet.count("") == 0


def test_a_title_has_a_second_line_and_what_is_data_none(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("some wide column", title="one\ntwo", below="three", title_justify="left")
    Printer().print(table)
    assert [line.strip() for line in capsys.readouterr().out.splitlines()[:2]] == [r"one\ntwo", "three"]


def test_versions_are_told() -> None:
    result = CliRunner().invoke(cli, ["--version"])
    assert (result.exit_code, result.stdout.split()[0]) == (0, "sawt")


async def test_the_doctor_reads_the_rules_in_force(quiet_world: World) -> None:
    price = {"amount": 0.1, "currency": "MAD", "as_of": "2026-11-01"}
    for name, value in (("prices", [price]), ("approval_above", 7), ("day_budget", 50), ("smallest_count", 20)):
        answer = await call(quiet_world, "PUT", f"/v1/rules/{name}", json={"value": value}, who="amina")
        assert answer.status_code == 200, answer.text
    findings = {each.subject: each for each in [each async for each in examine(quiet_world.settings)]}
    assert findings["SAWT_PRICES"].words == "prices in MAD, as of 2026-11-01"
    assert "steps of 20" in findings["SAWT_SMALLEST_COUNT"].words
    assert findings["rules in force"].words.startswith("approval_above 7, campaigns_per_week ")
    assert "day_budget 50" in findings["rules in force"].words
    settings = quiet_world.settings.model_copy(update={"day_budget": 3.0})
    (unheard,) = [each for each in (await in_force(settings))[1] if each.subject == "SAWT_DAY_BUDGET"]
    assert "To change the rule: sawt rules set day_budget" in unheard.words


def test_a_file_that_is_wrong_says_where() -> None:
    description = {**main_consultation(), "questions": [{**question("yes_no"), "kind": "vote"}]}
    result = CliRunner().invoke(cli, ["consultation", "create", "-"], input=json.dumps(description))
    assert str(result.exception).startswith("question 1, kind: the value must be one of yes_no, ")
