"""Plans and commitments: the record keeps what was there before, and what is there now."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from api.commitments.models import Commitment
from tests.api.office import call
from tests.commitments.plans import CODE, add_plan, plan
from tests.consultations import words
from tests.record.test_changes import recorded
from tests.world import World

ONE = f"/v1/plans/{CODE}/commitments"


@pytest.fixture
async def planned(quiet_world: World) -> World:
    await add_plan(quiet_world)
    return quiet_world


async def put(world: World, path: str, body: Any, method: str = "PUT") -> Any:
    answer = await call(world, method, path, json=body, who="idir")
    assert answer.status_code < 300, answer.text
    return (await recorded(world, "idir"))[0]


async def test_a_commitment_keeps_what_it_was(planned: World) -> None:
    fields = {"number": 9, "title": words("water"), "problem": words("dry"), "provinces": ["01.571"]}
    row = await put(planned, ONE, fields)
    assert (row["act"], row["subject"]) == ("commitment kept", f"commitment {CODE}/9")
    assert (row["old"], row["new"]["title"]) == ({}, words("water"))
    row = await put(planned, ONE, fields | {"title": words("more water"), "problem": None})
    assert row["old"] == {"title": words("water"), "problem": words("dry")}
    assert row["new"] == {"title": words("more water")}
    row = await put(planned, ONE, fields | {"title": words("more water"), "problem": None})
    assert (row["old"], row["new"]) == ({}, {})


async def test_a_milestone_keeps_what_it_was(planned: World) -> None:
    path = f"{ONE}/9/milestones"
    await put(planned, ONE, {"number": 9, "title": words("water")})
    row = await put(planned, path, {"number": 1, "title": words("a well"), "due_on": "2026-12-01"})
    assert row["new"] == {"milestone 1: title": words("a well"), "milestone 1: due_on": "2026-12-01"}
    row = await put(planned, path, {"number": 1, "title": words("a well"), "due_on": "2027-12-01"})
    assert (row["old"], row["new"]) == ({"milestone 1: due_on": "2026-12-01"}, {"milestone 1: due_on": "2027-12-01"})


async def test_an_assessment_keeps_the_status_before(planned: World) -> None:
    await put(planned, ONE, {"number": 9, "title": words("water")})
    await put(planned, f"{ONE}/9/milestones", {"number": 1, "title": words("a well")})
    statuses = [{"status": "blocked", "on": "2026-11-01"}, {"status": "done", "on": "2026-11-02"}]
    for path, name in ((f"{ONE}/9/assessments", ""), (f"{ONE}/9/assessments?milestone=1", "milestone 1: ")):
        for place, status in enumerate(statuses):
            row = await put(planned, path, {"operational": status}, "POST")
            before = {f"{name}operational": statuses[0] | {"evidence": ""}} if place else {}
            assert (row["old"], row["new"]) == (before, {f"{name}operational": status | {"evidence": ""}})
            planned.now.advance(seconds=1)


async def test_an_imported_file_says_what_changed_in_each_commitment(planned: World) -> None:
    path = f"/v1/plans/{CODE}/commitments.csv"
    content = (await call(planned, "GET", path)).content
    first = (await call(planned, "GET", ONE)).json()["items"][0]
    changed = content.replace(first["title"]["fr"].encode(), b"un autre titre")
    assert changed != content
    answer = await call(planned, "PUT", path, content=changed, who="idir")
    assert answer.status_code == 200, answer.text
    rows = await recorded(planned, "idir")
    (plan_row,) = [each for each in rows if each["act"] == "plan imported"]
    found = {each["subject"]: each for each in rows if each["act"] == "commitment kept"}
    row = found[f"commitment {CODE}/{first['number']}"]
    assert (row["old"]["title"]["fr"], row["new"]["title"]["fr"]) == (first["title"]["fr"], "un autre titre")
    assert len(found) == 1  # of those that did not change, nothing is recorded
    assert plan_row["new"]["commitments"] > 1


async def test_a_plan_keeps_its_axes_and_its_page(planned: World) -> None:
    await put(planned, "/v1/plans", plan("other") | {"vision": words("calm")})
    row = await put(
        planned, "/v1/plans", plan("other") | {"vision": words("busy"), "axes": [{"title": words("roads")}]}
    )
    assert (row["old"]["sheet"]["vision"], row["new"]["sheet"]["vision"]) == (words("calm"), words("busy"))
    assert row["new"]["axes"][0]["title"] == words("roads")


async def test_what_an_older_release_stored_can_be_replaced(planned: World) -> None:
    await put(planned, ONE, {"number": 9, "title": words("water")})
    async with planned.db.transaction() as session:
        await session.execute(update(Commitment).values(theme="gone", sheet={"ambition": "unheard of"}))
    row = await put(planned, ONE, {"number": 9, "title": words("water")})
    assert row["old"] == {"theme": "gone", "ambition": "unheard of"}
