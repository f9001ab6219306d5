"""Commitments over /v1 and `sawt commitment`: both do the same, and explain what is wrong."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.commitments import service
from api.commitments.files import importing
from api.commitments.schemas import PlanIn
from api.commitments.service import today
from tests.api.office import call
from tests.commitments.office import COMMUNE
from tests.commitments.plans import CODE, LATE_BY, add_plan, assessment, commitments, plan
from tests.consultations import words
from tests.locks import until_waiting
from tests.terminal import Terminal
from tests.world import World

PLANS = "/v1/plans"
ONE = f"{PLANS}/{CODE}/commitments/3"


async def get(world: World, path: str) -> Any:
    answer = await call(world, "GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def send(world: World, method: str, path: str, body: Any, expected: int, **more: Any) -> Any:
    answer = await call(world, method, path, json=body, params=more)
    assert answer.status_code == expected, answer.text
    return answer.json()


async def test_a_plan_is_created_filled_and_read(quiet_world: World) -> None:
    assert (await call(quiet_world, "PUT", PLANS, json=plan())).json()["commitments"] == 0
    for each in commitments(today(quiet_world.now())):
        await send(quiet_world, "PUT", f"{PLANS}/{CODE}/commitments", each, 200)
    (plan_,) = (await get(quiet_world, PLANS))["items"]
    assert (plan_["code"], plan_["scope"], plan_["commitments"]) == (CODE, "regional", 5)
    listed = (await get(quiet_world, f"{PLANS}/{CODE}/commitments"))["items"]
    assert [each["state"] for each in listed] == ["on_track", "planned", "late", "done", "blocked"]
    assert [each["upcoming"] for each in listed] == [2, 1, 2, None, 1]
    late = (await get(quiet_world, f"{PLANS}/{CODE}/late"))["items"]
    assert [(each["commitment"], each["milestone"], each["days_late"]) for each in late] == [
        (3, 2, LATE_BY),
        (5, 1, LATE_BY),
    ]


async def test_a_plan_made_twice_at_once_is_a_conflict(quiet_world: World) -> None:
    async with quiet_world.db.transaction() as session:
        await service.save_plan(session, PlanIn.model_validate(plan()), who="amina", now=quiet_world.now())
        await session.flush()
        other = asyncio.create_task(call(quiet_world, "PUT", PLANS, json=plan()))
        await until_waiting(quiet_world, 1)
    # On SQLite the second transaction begins when the first has ended.
    waited = quiet_world.settings.database_url.startswith("sqlite")
    assert (await other).status_code == (200 if waited else 409)


async def test_the_three_sources_are_kept_apart(quiet_world: World) -> None:
    await add_plan(quiet_world)
    path = f"{ONE}/assessments"
    await send(
        quiet_world, "POST", path, {"self_assessed": assessment("completed", evidence="https://example.org/a")}, 201
    )
    record = await send(quiet_world, "POST", path, {"monitoring": assessment("limited", "2026-11-01", "a visit")}, 201)
    assert record["state"] == "late"
    assert record["operational"] is None
    assert record["self_assessed"] == assessment("completed", evidence="https://example.org/a")
    assert record["monitoring"] == assessment("limited", "2026-11-01", "a visit")
    record = await send(quiet_world, "POST", path, {"operational": assessment("done")}, 201, milestone=2)
    assert (record["state"], record["upcoming"], record["milestones"][1]["days_late"]) == ("on_track", 3, 0)
    assert record["monitoring"]["status"] == "limited"
    await send(quiet_world, "POST", path, {"operational": assessment("done")}, 422, milestone=2)


async def test_a_milestone_is_moved(quiet_world: World) -> None:
    await add_plan(quiet_world)
    moved = (today(quiet_world.now()) + timedelta(days=9)).isoformat()
    record = await send(
        quiet_world, "PUT", f"{ONE}/milestones", {"number": 2, "title": words("step 2"), "due_on": moved}, 200
    )
    assert (record["state"], record["milestones"][1]["days_late"]) == ("on_track", 0)
    assert record["milestones"][1]["operational"]["status"] == "on_track"


async def test_updates_and_ground_checks_are_drafted(quiet_world: World) -> None:
    await add_plan(quiet_world)
    drafted = await send(quiet_world, "POST", f"{ONE}/updates", {"text": words("news"), "milestone": 2}, 201)
    campaign = await get(quiet_world, f"/v1/campaigns/{drafted['campaign']}")
    assert (campaign["purpose"], campaign["state"]) == ("update", "draft")
    assert campaign["parts"][0]["audience"]["follows"][:2] == [f"commitment:{CODE}/3", "theme:rights"]
    body = {"commune": COMMUNE, "question": words("there?"), "closes_at": quiet_world.now.later(days=3).isoformat()}
    heavy = {**body, "question": {**words("there?"), "ar": "كلمة " * 120}}
    refused = await send(quiet_world, "POST", f"{ONE}/milestones/2/ground", heavy, 422)
    assert "SMS segments: a message can take at most 6" in refused["detail"]
    drafted = await send(quiet_world, "POST", f"{ONE}/milestones/2/ground", body, 201)
    campaign = await get(quiet_world, f"/v1/campaigns/{drafted['campaign']}")
    assert campaign["audience"]["all"][1] == {"commune": [COMMUNE]}
    assert (await get(quiet_world, f"/v1/consultations/{drafted['consultation']}"))["state"] == "open"


async def test_files_go_in_and_out(quiet_world: World) -> None:
    await add_plan(quiet_world)
    path = f"{PLANS}/{CODE}/commitments.csv"
    answer = await call(quiet_world, "GET", path)
    assert answer.headers["content-disposition"] == f'attachment; filename="{CODE}.csv"'
    data = answer.content
    assert (await call(quiet_world, "PUT", path, content=data)).json() == {"commitments": 5}
    assert (await call(quiet_world, "GET", path)).content == data
    assert (await call(quiet_world, "PUT", path, content=b"a,b")).status_code == 422
    exported = await get(quiet_world, f"{PLANS}/{CODE}/commitments.json")
    assert [each["number"] for each in exported["commitments"]] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", f"{PLANS}/nowhere/commitments", None, 404),
        ("GET", f"{PLANS}/{CODE}/commitments/99", None, 404),
        ("GET", f"{PLANS}/{CODE}/commitments/0", None, 404),
        ("POST", f"{PLANS}/{CODE}/commitments/3/updates", {"text": {"ar": "خبر", "fr": "x"}}, 422),
        ("POST", f"{PLANS}/{CODE}/commitments/3/updates", {"text": words("x"), "milestone": 9}, 404),
        ("PUT", f"{PLANS}/{CODE}/commitments", {"number": 1, "title": words("x"), "provinces": ["99"]}, 422),
        (
            "PUT",
            f"{PLANS}/{CODE}/commitments",
            {"number": 1, "title": words("x"), "operational": assessment("late")},
            422,
        ),
        ("PUT", f"{PLANS}/{CODE}/commitments", {"number": 1, "title": words("x"), "label": words("y" * 20)}, 422),
    ],
)
async def test_wrong_input_is_refused(quiet_world: World, method: str, path: str, body: Any, expected: int) -> None:
    await add_plan(quiet_world)
    assert (await call(quiet_world, method, path, json=body)).status_code == expected


async def test_nobody_reads_or_writes_without_the_token(quiet_world: World) -> None:
    for method, path in (("GET", PLANS), ("PUT", PLANS), ("GET", f"{PLANS}/{CODE}/commitments.csv")):
        assert (await call(quiet_world, method, path, token=None)).status_code == 401


async def test_the_command_does_the_same(terminal: Terminal, quiet_world: World, tmp_path: Path) -> None:
    async def sawt(*line: str, body: object = None) -> str:
        return (await terminal("commitment", *line, typed=None if body is None else json.dumps(body))).stdout

    made = [await terminal("commitment", "plan", "-", typed=json.dumps(plan())) for _ in range(2)]
    assert [each.stderr for each in made] == [f"{CODE} is created.\n", f"{CODE} is replaced.\n"]
    for each in commitments(today(quiet_world.now())):
        await sawt("put", CODE, "-", body=each)
    assert "5/?" in await sawt("plans")
    listed = await sawt("list", CODE)
    assert all(state in listed for state in ("on_track", "planned", "late", "done", "blocked"))
    assert str(LATE_BY) in await sawt("late", CODE)
    assert int(await sawt("update", CODE, "3", "-", body={"text": words("news")})) == 1
    file = tmp_path / "plan.csv"
    file.write_text(await sawt("export", CODE), encoding="utf-8", newline="")
    assert (await terminal("commitment", "import", CODE, str(file))).stderr == "Imported 5 commitments.\n"
    assert await sawt("export", CODE) == file.read_bytes().decode()
    assert json.loads(await sawt("export", CODE, "--json"))["plan"]["code"] == CODE
    assert "there is no plan nowhere" in await terminal.refused("commitment", "late", "nowhere")
    assert "there is no plan nowhere" in await terminal.refused("commitment", "list", "nowhere")
    assert "cannot read missing.csv" in await terminal.refused("commitment", "import", "nowhere", "missing.csv")


async def test_the_command_shows_what_each_source_and_residents_found(
    terminal: Terminal, quiet_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    await add_plan(quiet_world)
    assess = ("commitment", "assess", CODE, "3")
    assert (await terminal(*assess, "monitoring", "limited", "--on", "2026-11-01")).stderr == f"{CODE}/3 is late.\n"
    assert (await terminal(*assess, "operational", "done", "--milestone", "2")).stderr == f"{CODE}/3 is on_track.\n"
    assert "monitoring" in await terminal.refused(*assess, "monitoring", "splendid")
    body = {"commune": COMMUNE, "question": words("there?"), "closes_at": quiet_world.now.later(days=3).isoformat()}
    ground = await terminal("commitment", "ground", CODE, "3", "2", "-", typed=json.dumps(body))
    campaign = await get(quiet_world, f"/v1/campaigns/{ground.stdout.strip()}")
    assert campaign["audience"]["all"][1] == {"commune": [COMMUNE]}
    (row,) = [line for line in (await terminal("commitment", "list", CODE)).stdout.splitlines() if "│ 3 " in line]
    assert f"{COMMUNE}: few answers" in row
    assert "limited (01/11/2026)" in row
    shown = json.loads((await terminal("commitment", "show", CODE, "3")).stdout)
    assert shown == await get(quiet_world, f"{ONE}")
    step = {"number": 7, "title": words("step 7")}
    added = await terminal("commitment", "milestone", CODE, "3", "-", typed=json.dumps(step))
    assert added.stderr == f"{CODE}/3 has {len(shown['milestones']) + 1} milestones.\n"


async def test_a_large_file_is_imported(terminal: Terminal, quiet_world: World, tmp_path: Path) -> None:
    await add_plan(quiet_world)
    header, *rows = (await terminal("commitment", "export", CODE)).stdout.splitlines(keepends=True)
    file = tmp_path / "plan.csv"
    file.write_text(header + "".join(rows), encoding="utf-8", newline="")
    file.write_bytes(file.read_bytes() + b"\r\n" * 40_000)  # 80 KiB
    assert (await terminal("commitment", "import", CODE, str(file))).stderr == "Imported 5 commitments.\n"
    file.write_bytes(b" " * (importing.LARGEST + 1))
    assert "larger than 1024 KiB" in await terminal.refused("commitment", "import", CODE, str(file))
