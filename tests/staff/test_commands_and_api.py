"""Staff can do everything both with `sawt` and over /v1; both explain what went wrong."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.core import TyperGroup

from sawt.__main__ import Commands, main
from tests.conftest import Databases
from tests.consultations import main_consultation
from tests.world import KEYS, World

ONE, MILESTONES = "/plans/{code}/commitments/{number}", "/plans/{code}/commitments/{number}/milestones"
# command of sawt: the same over /v1
BOTH = {
    "rules list": "GET /rules", "rules set": "PUT /rules/{name}", "rules history": "GET /rules/changes",
    "today": "GET /overview", "clock list": "GET /overview", "clock confirm": "POST /clock/confirm",
    "idea list": "GET /ideas", "idea show": "GET /ideas/{number}", "idea read": "POST /ideas/{number}/read",
    "idea publish": "POST /ideas/{number}/publish", "idea merge": "POST /ideas/{number}/merge",
    "idea decline": "POST /ideas/{number}/decline",
    "proposal list": "GET /proposals", "proposal show": "GET /proposals/{code}", "proposal create": "POST /proposals",
    "proposal publish": "POST /proposals/{code}/publish", "proposal withdraw": "POST /proposals/{code}/withdraw",
    "proposal choose": "POST /proposals/{code}/choose", "proposal answer": "POST /proposals/{code}/answer",
    "proposal commit": "POST /proposals/{code}/commit", "proposal edit": "PATCH /proposals/{code}",
    "consultation list": "GET /consultations", "consultation create": "POST /consultations",
    "consultation show": "GET /consultations/{code}/page", "consultation edit": "PUT /consultations/{code}",
    "consultation clone": "POST /consultations/{code}/clone", "consultation try": "POST /consultations/{code}/test",
    "campaign show": "GET /campaigns/{campaign_id}", "campaign edit": "PUT /campaigns/{campaign_id}",
    "consultation discard": "POST /consultations/{code}/discard",
    "consultation open": "POST /consultations/{code}/open", "consultation close": "POST /consultations/{code}/close",
    "consultation schedule": "POST /consultations/{code}/schedule", "results": "GET /consultations/{code}/results",
    "commitment plans": "GET /plans", "commitment plan": "PUT /plans",
    "commitment list": "GET /plans/{code}/commitments", "commitment late": "GET /plans/{code}/late",
    "commitment put": "PUT /plans/{code}/commitments", "commitment milestone": f"PUT {MILESTONES}",
    "commitment assess": f"POST {ONE}/assessments", "commitment update": f"POST {ONE}/updates",
    "commitment ground": f"POST {MILESTONES}/{{milestone}}/ground",
    "commitment import": "PUT /plans/{code}/commitments.csv", "commitment export": "GET /plans/{code}/commitments.csv",
    "meeting list": "GET /meetings", "meeting show": "GET /meetings/{code}", "meeting create": "POST /meetings",
    "meeting seats": "POST /meetings/{code}/seats", "meeting who": "GET /meetings/{code}/seats",
    "meeting attendance": "POST /meetings/{code}/attendance", "meeting minutes": "POST /meetings/{code}/minutes",
    "meeting move": "POST /meetings/{code}/move", "meeting cancel": "POST /meetings/{code}/cancel",
    "desk list": "GET /desk", "desk overview": "GET /desk/overview", "desk read": "GET /desk/{number}",
    "desk answer": "POST /desk/{number}/answer", "desk assign": "POST /desk/{number}/assign",
    "desk close": "POST /desk/{number}/close",
    "answers list": "GET /consultations/{code}/answers", "answers tags": "GET /consultations/{code}/answers/tags",
    "answers export": "GET /consultations/{code}/answers.csv", "answers show": "GET /answers/{number}",
    "answers tag": "POST /answers/{number}/tag", "answers untag": "POST /answers/{number}/untag",
    "agent list": "GET /agents", "agent create": "POST /agents", "agent end": "POST /agents/{number}/end",
    "words unmatched": "GET /words/unmatched", "words assign": "POST /words/assign",
    "words unassign": "POST /words/unassign", "words drop": "POST /words/drop",
    "staff list": "GET /staff", "staff invite": "POST /staff", "staff disable": "POST /staff/{name}/disable",
    "staff reset": "POST /staff/{name}/reset", "staff grant": "POST /staff/{name}/grant",
    "staff revoke": "POST /staff/{name}/revoke", "tokens list": "GET /tokens", "tokens create": "POST /tokens",
    "tokens revoke": "POST /tokens/{number}/revoke",
    "agent free": "POST /agents/{number}/free", "agent void": "POST /agents/{number}/void",
}  # fmt: skip
# For these groups the table is complete on both sides.
WHOLE = {
    "meeting": "/meetings", "desk": "/desk", "agent": "/agents", "rules": "/rules", "answers": "/answers",
    "words": "/words", "tokens": "/tokens",
}  # fmt: skip


def verbs() -> set[str]:
    """Every command of sawt, with its group."""
    names = set()
    for name in Commands.table:
        command = Commands.load(name)
        names |= {f"{name} {each}" for each in command.commands} if isinstance(command, TyperGroup) else {name}
    return names


def operations(world: World) -> dict[str, dict[str, Any]]:
    """Every operation of /v1 by method and path."""
    paths: dict[str, dict[str, Any]] = world.service.app.openapi()["paths"]
    return {
        f"{method.upper()} {path.removeprefix('/v1')}": operation
        for path, methods in paths.items()
        if path.startswith("/v1")
        for method, operation in methods.items()
    }


async def test_each_verb_of_staff_is_at_both_doors(world: World) -> None:
    commands, served = verbs(), operations(world)
    assert sorted(set(BOTH) - commands) == []
    assert sorted(set(BOTH.values()) - served.keys()) == []
    here = {each for each in commands if each.endswith(" example")}  # a file to fill in; `/docs` has its own examples
    assert sorted(each for each in commands - set(BOTH) - here if each.split()[0] in WHOLE) == []
    groups = tuple(WHOLE.values())
    assert sorted(each for each in served.keys() - set(BOTH.values()) if each.split()[1].startswith(groups)) == []


async def test_every_operation_and_field_is_described(world: World) -> None:
    served = operations(world)
    assert [name for name, each in served.items() if not (each.get("description") or "").rstrip().endswith(".")] == []
    assert [name for name, each in served.items() if not each.get("tags")] == []


@pytest.fixture
def run_sawt(databases: Databases, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run `sawt …` on a separate database; returns the exit code and the output."""
    monkeypatch.setenv("SAWT_DATABASE_URL", asyncio.run(databases.fresh()))
    monkeypatch.setenv("SAWT_KEYS", KEYS)

    def run(words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["sawt", *words.split()])
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0), capsys.readouterr().err
        return 0, capsys.readouterr().err

    return run


WRONG = (
    ("idea read 99 --as amina", "no idea 99"),
    ("desk read 99999999999999999999", "out of range"),
    ("proposal publish nowhere --as amina", "nowhere"),
    ("commitment list nowhere", "there is no plan nowhere"),
    ("commitment import nowhere missing.csv --as amina", "cannot read missing.csv"),
    ("consultation open nowhere --as amina", "nowhere"),
    ("consultation discard nowhere --as amina", "nowhere"),
    ("meeting show nowhere", "there is no meeting nowhere"),
    ("meeting attendance nowhere --as amina", "nothing to record"),
    ("meeting cancel nowhere --as amina", "pass --yes"),
    ("meeting create missing.json --as amina", "cannot read missing.json"),
    ("desk assign 1 99.999 --as amina", "no province 99.999"),
    ("desk answer 7 oui --as amina", "there is no letter 7"),
    ("agent create Amal --limit 0 --as amina", "greater than or equal to 1"),
    ("agent end 3 --as amina", "there is no agent 3"),
)


def test_what_is_wrong_is_one_sentence_and_exit_code_one(run_sawt: Any) -> None:
    for words, expected in WRONG:
        code, output = run_sawt(words)
        assert (code, expected in output, "Traceback" in output) == (1, True, False), (words, output)
        assert len(output.strip().splitlines()) == 1, (words, output)
    assert run_sawt("desk nonsense")[0] == 2


def test_a_draft_is_scheduled_in_moroccan_time_and_discarded_for_good(run_sawt: Any, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(main_consultation()), encoding="utf-8")
    never = "a draft; opens manually, closes manually"
    assert run_sawt(f"consultation create {file} --as amina") == (0, f"plan is {never}.\n")
    times = "--opens 2090-12-01T10:00 --closes 2090-12-02T10:00"
    stands = "plan is a draft; opens on 01/12/2090 10:00, closes on 02/12/2090 10:00."
    assert run_sawt(f"consultation schedule plan {times} --as amina") == (0, f"{stands}\n")
    assert run_sawt("consultation discard plan --as amina") == (0, "plan is deleted.\n")
    assert run_sawt("consultation discard plan --as amina") == (1, "there is no consultation plan\n")
    assert run_sawt(f"consultation create {file} --as amina") == (0, f"plan is {never}.\n")
    assert run_sawt("consultation open plan --as amina")[0] == 0
    assert run_sawt("consultation discard plan --as amina") == (1, "plan is open: only a draft can be discarded\n")
