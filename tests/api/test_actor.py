"""Every operation that writes takes the actor from the header X-Actor, and from nowhere else."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from fastapi import APIRouter
from sqlalchemy import select

from api.audit import Act
from api.web.deps import staff_router
from tests.api.described import operations
from tests.api.office import CONSULTATIONS, call, created, draft
from tests.world import World

NAMES = ("فاطمة", "Fátima", "ⴼⴰⵟⵉⵎⴰ")


async def actors(world: World) -> list[str]:
    async with world.db.transaction() as session:
        return list(await session.scalars(select(Act.who).order_by(Act.seq)))


def test_every_operation_that_writes_reads_the_header() -> None:
    """Only the shared token needs it: with any other credential it may be left out."""
    for method, known, operation in operations():
        headers = [each for each in operation.get("parameters", []) if each["name"] == "X-Actor"]
        if method != "GET" and known.pattern != "/v1/session":
            assert [(each["in"], each.get("required", False)) for each in headers] == [("header", False)], known.pattern
        for each in headers:
            assert "Only the shared token SAWT_API_TOKEN needs it" in each["description"]
        assert "who" not in {each["name"] for each in operation.get("parameters", [])}, known.pattern


def test_a_route_that_writes_without_an_actor_raises_an_error() -> None:
    router: APIRouter = staff_router("/somewhere", "test")
    with pytest.raises(TypeError, match="/v1/somewhere"):

        @router.post("")
        async def nobody() -> None: ...


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("percent", [True, False])
async def test_a_name_is_kept_as_it_is_written(quiet_world: World, name: str, percent: bool) -> None:
    header: Any = quote(name) if percent else name.encode()
    answer = await call(quiet_world, "POST", CONSULTATIONS, json=draft(), who=None, headers={"X-Actor": header})
    assert answer.status_code == 201, answer.text
    assert (await actors(quiet_world))[-1] == name


BAD: tuple[tuple[Any, str], ...] = (
    (None, "a value is required"), ("", "the value is empty"), ("%20", "the value is empty"),
    ("x" * 41, "the value must have at most 40 characters"),
    ("a%00b", "visible characters"), ("a%0Ab", "visible characters"),
    ("7%E2%80%AE", "visible characters"),
    (b"\xff", "not valid UTF-8"), ("%ff", "not valid UTF-8"),
)  # fmt: skip


@pytest.mark.parametrize(("header", "words"), BAD, ids=range(len(BAD)))
async def test_a_bad_name_is_reported_once(quiet_world: World, header: Any, words: str) -> None:
    before = await actors(quiet_world)
    headers = {} if header is None else {"X-Actor": header}
    answer = await call(quiet_world, "POST", CONSULTATIONS, json=draft(), who=None, headers=headers)
    assert answer.status_code == 422
    (fault,) = answer.json()["faults"]
    assert fault["field"] == "header.X-Actor"
    assert words in fault["message"]
    assert await actors(quiet_world) == before


@pytest.mark.parametrize("place", ["body", "query"])
@pytest.mark.parametrize("path", ["", "/{code}/open"])
async def test_an_actor_in_the_body_or_query_is_refused(quiet_world: World, place: str, path: str) -> None:
    path = path.replace("{code}", await created(quiet_world))
    before = await actors(quiet_world)
    arguments: dict[str, Any] = {"json": {**draft(), "who": "x"}} if place == "body" else {"params": {"who": "x"}}
    answer = await call(quiet_world, "POST", f"{CONSULTATIONS}{path}", **arguments)
    assert answer.status_code == 422, answer.text
    faults = {each["field"]: each["message"] for each in answer.json()["faults"]}
    assert faults[f"{place}.who"] == "put the name of the acting person in the header X-Actor"
    assert await actors(quiet_world) == before


async def test_a_nested_field_may_have_that_name(quiet_world: World) -> None:
    arguments = {"value": {"who": 1}}  # refused, but not because of the name
    answer = await call(quiet_world, "PUT", "/v1/rules/approval_above", json=arguments)
    assert [each["field"] for each in answer.json()["faults"]] == ["body.value"]
