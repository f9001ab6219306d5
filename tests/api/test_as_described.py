"""The OpenAPI document is correct: JSON types, and the methods of each path. `make fuzz` checks more."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.app import _described
from api.commitments.schemas import PlanIn
from api.web import json_types
from tests.api.office import call
from tests.commitments.plans import CODE, add_plan, plan
from tests.world import World

SCHEMA = {
    "$defs": {"Part": {"properties": {"share": {"type": "integer"}}}},
    "properties": {
        "many": {"type": "integer"}, "money": {"anyOf": [{"type": "number"}, {"type": "null"}]},
        "yes": {"type": "boolean"}, "day": {"type": "string", "format": "date"},
        "parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}},
        "quotas": {"type": "object", "additionalProperties": {"type": "integer"}},
        "either": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"many": 3, "money": 1, "yes": True, "day": "2026-12-01", "parts": [{"share": 1}], "quotas": {"a": 1}}, []),
        ({"many": 3.0, "money": 2.5, "either": 1, "unknown": True}, []),
        ({"money": None, "either": "1"}, []),
        ({"many": True}, ["many"]), ({"many": "3"}, ["many"]), ({"money": False}, ["money"]), ({"yes": 1}, ["yes"]),
        ({"yes": "yes"}, ["yes"]), ({"day": 0}, ["day"]),
        ({"parts": [{"share": 1}, {"share": "2"}]}, ["parts.1.share"]),
        ({"quotas": {"a": 1, "b": True}}, ["quotas.b"]), ({"either": True}, ["either"]),
        ({"many": "3", "yes": 0}, ["many", "yes"]),
        ({"many": None, "parts": 7}, []), ([], []), (None, []),  # left to pydantic
    ],
    ids=str,
)  # fmt: skip
def test_values_of_another_type(body: Any, places: list[str]) -> None:
    errors = [".".join(map(str, each["loc"])) for each in json_types.type_errors(SCHEMA, body)]
    assert errors == [f"body.{place}" for place in places]


async def test_json_of_other_types_is_refused_by_name(quiet_world: World) -> None:
    await add_plan(quiet_world)
    another = plan("another")
    for changed, field in (
        ({"announced": True}, "announced"), ({"announced": "3"}, "announced"), ({"starts_on": 0}, "starts_on"),
        ({"axes": [{"title": another["title"], "commitments": False}]}, "axes.0.commitments"),
    ):  # fmt: skip
        answer = await call(quiet_world, "PUT", "/v1/plans", json={**another, **changed})
        assert answer.status_code == 422, changed
        assert [each["field"] for each in answer.json()["faults"]] == [f"body.{field}"]
    assert PlanIn.model_validate({**another, "announced": "3"}).announced == 3  # files only contain text
    assert [each["code"] for each in (await call(quiet_world, "GET", "/v1/plans")).json()["items"]] == [CODE]


async def test_every_path_supports_exactly_the_documented_methods(quiet_world: World) -> None:
    """Other methods get 405, with the supported ones in `Allow`."""
    described = {path: {*map(str.upper, methods)} for path, methods in json.loads(_described())["paths"].items()}
    for path, methods in described.items():
        address = path.replace("{step}", "launch").replace("{language}", "fr")
        address = address.replace("{number}", "1").replace("{campaign_id}", "1").replace("{code}", "x")
        for method in {"TRACE", "OPTIONS", "GET", "PUT", "POST", "PATCH", "DELETE"} - methods:
            answer = await quiet_world.http.request(method, address)
            assert answer.status_code == 405, (method, path)
            assert answer.headers["Allow"] == ", ".join(sorted(methods)), (method, path)
