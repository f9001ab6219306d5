"""Staff can do everything both with `sawt` and over /v1; both explain what went wrong."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest
from typer.core import TyperGroup

from sawt.__main__ import Commands, main
from tests.conftest import Databases
from tests.terminal import Terminal
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
    "proposal pass-over": "POST /proposals/{code}/pass-over", "proposal picture": "PUT /proposals/{code}/picture",
    "resident show": "GET /residents/{number}", "resident erase": "POST /residents/{number}/erase",
    "resident merges": "GET /residents/merges", "resident unmerge": "POST /residents/merges/{number}/undo",
    "resident ranges": "GET /residents/ranges", "resident acts": "GET /residents/acts",
    "resident unmask": "POST /residents/{number}/unmask", "resident unmaskings": "GET /residents/unmaskings",
    "consultation list": "GET /consultations", "consultation create": "POST /consultations",
    "consultation show": "GET /consultations/{code}/page", "consultation edit": "PUT /consultations/{code}",
    "consultation clone": "POST /consultations/{code}/clone", "consultation try": "POST /consultations/{code}/test",
    "campaign list": "GET /campaigns", "campaign create": "POST /campaigns",
    "campaign show": "GET /campaigns/{campaign_id}", "campaign edit": "PUT /campaigns/{campaign_id}",
    "campaign preview": "GET /campaigns/{campaign_id}/preview",
    "campaign report": "GET /campaigns/{campaign_id}/report", "campaign watch": "GET /campaigns/{campaign_id}/report",
    "campaign test": "POST /campaigns/{campaign_id}/test",
    "campaign recipients": "GET /campaigns/{campaign_id}/recipients",
    "campaign budget": "POST /campaigns/{campaign_id}/budget",
    "campaign launch": "POST /campaigns/{campaign_id}/{step}", "invite": "POST /consultations/{code}/invitation",
    "messages list": "GET /messages", "messages set": "PUT /messages/{language}/{name}",
    "messages reset": "DELETE /messages/{language}/{name}",
    "consultation discard": "POST /consultations/{code}/discard",
    "consultation open": "POST /consultations/{code}/open", "consultation close": "POST /consultations/{code}/close",
    "consultation schedule": "POST /consultations/{code}/schedule", "results": "GET /consultations/{code}/results",
    "round create": "POST /rounds",
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
# Options of commands that have a route of their own.
OPTIONS = {
    "consultation show --file": "GET /consultations/{code}/file", "words unmatched --clear": "POST /words/clear",
}  # fmt: skip
# For these groups the table is complete on both sides.
WHOLE = {
    "meeting": "/meetings", "desk": "/desk", "agent": "/agents", "rules": "/rules", "answers": "/answers",
    "words": "/words", "tokens": "/tokens", "messages": "/messages",
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
    both = {*BOTH.values(), *OPTIONS.values()}
    assert sorted(both - served.keys()) == []
    here = {each for each in commands if each.endswith(" example")}  # a file to fill in; `/docs` has its own examples
    assert sorted(each for each in commands - set(BOTH) - here if each.split()[0] in WHOLE) == []
    groups = tuple(WHOLE.values())
    assert sorted(each for each in served.keys() - both if each.split()[1].startswith(groups)) == []


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
    ("commitment import nowhere missing.csv", "cannot read missing.csv"),
    ("meeting show nowhere", "there is no meeting nowhere"),
    ("meeting attendance nowhere", "nothing to record"),
    ("meeting cancel nowhere", "pass --yes"),
    ("meeting create missing.json", "cannot read missing.json"),
)


async def test_what_is_wrong_is_one_sentence(terminal: Terminal) -> None:
    for words, expected in WRONG:
        sentence = await terminal.refused(*words.split())
        assert expected in sentence, words
        assert len(sentence.splitlines()) == 1, (words, sentence)
    assert (await terminal.run("desk", "nonsense")).exit_code == 2
