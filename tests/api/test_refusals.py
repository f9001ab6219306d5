"""Every error has one form, names the field that is wrong, and is in the OpenAPI document."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from api.campaigns import action_dispatch
from api.consultations import service
from api.errors import Forbidden, Unavailable, WrongSetup
from tests.api.described import operations
from tests.api.office import CONSULTATIONS, call, created, draft
from tests.campaigns.office import NEWS, make
from tests.commitments.plans import CODE, kept
from tests.meetings.planned import meeting, planned
from tests.world import World

ALWAYS = {"401", "503"}
WRITES = {"409", "422"}
JSON = {"Content-Type": "application/json"}


def test_every_operation_says_what_it_may_refuse() -> None:
    for method, known, operation in operations():
        wanted = ALWAYS | (WRITES if method != "GET" else set())
        wanted |= {"404", "422"} if any(each["in"] == "path" for each in operation.get("parameters", [])) else set()
        wanted |= {"400", "413", "422"} if "requestBody" in operation else set()
        assert wanted <= {*operation["responses"]}, (method, known.pattern)
        for status, response in operation["responses"].items():
            if status >= "400":
                schema = response["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Refusal"}, (method, known.pattern, status)


async def refused(world: World, method: str, path: str, status: int, **given: Any) -> dict[str, Any]:
    """What is said no with, in its one form."""
    answer = await call(world, method, path, **given)
    assert answer.status_code == status, answer.text
    said: dict[str, Any] = answer.json()
    assert [*said] == ["detail", "faults", "request_id"]
    assert said["detail"]
    assert said["request_id"] == answer.headers["X-Request-Id"]
    assert bool(said["faults"]) == (status == 422)
    assert all([*fault] == ["field", "message"] and fault["message"] for fault in said["faults"])
    return said


async def test_one_form_for_every_status(quiet_world: World) -> None:
    code = await created(quiet_world)
    asked: list[tuple[str, str, int, dict[str, Any]]] = [
        ("POST", CONSULTATIONS, 400, {"content": b'"\xff"', "headers": JSON}),
        ("GET", CONSULTATIONS, 401, {"token": None}),
        ("GET", f"{CONSULTATIONS}/nothing", 404, {}),
        ("GET", "/v1/nothing", 404, {}),
        ("POST", f"{CONSULTATIONS}/{code}", 405, {}),
        ("POST", f"{CONSULTATIONS}/{code}/close", 409, {}),
        ("POST", CONSULTATIONS, 413, {"content": b" " * 70_000, "headers": JSON}),
        ("POST", CONSULTATIONS, 422, {"content": b"{", "headers": JSON}),
        ("POST", CONSULTATIONS, 422, {"json": {}}),
    ]
    for method, path, status, given in asked:
        await refused(quiet_world, method, path, status, **given)


@pytest.mark.parametrize(
    ("error", "status"),
    [(Unavailable(), 503), (WrongSetup("a secret"), 503), (IntegrityError("a secret", {}, Exception()), 409)],
)
async def test_what_goes_wrong_behind_it_is_said_in_it_too(
    quiet_world: World, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    async def fails(*_args: object, **_given: object) -> None:
        raise error

    monkeypatch.setattr(service, "locked", fails)
    said = await refused(quiet_world, "POST", f"{CONSULTATIONS}/plan/open", status)
    assert "secret" not in str(said)


async def test_who_may_not_is_told_in_it(quiet_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_args: object, **_given: object) -> None:
        raise Forbidden("somebody else approves")

    campaign = await make(quiet_world, NEWS)
    monkeypatch.setattr(action_dispatch.actions, "approve", fails)
    assert (await refused(quiet_world, "POST", f"/v1/campaigns/{campaign}/approve", 403))["detail"]


PAST = "2020-01-01T10:00:00Z"
FIELDS: tuple[tuple[str, str, Any, str], ...] = (
    ("POST", CONSULTATIONS, {**draft(), "title": {"ar": "a", "zgh": "b"}}, "body.title.fr"),
    ("POST", CONSULTATIONS, [], "body"),
    ("POST", f"{CONSULTATIONS}/plan/schedule", {"closes_at": PAST}, "body.closes_at"),
    ("POST", f"{CONSULTATIONS}/plan/schedule", {"opens_at": PAST}, "body.opens_at"),
    ("PUT", "/v1/rules/approval_above", {"value": "x"}, "body.value"),
    ("PUT", "/v1/messages/fr/hint.stop", {"forms": [""]}, "body.forms"),
    ("PUT", "/v1/messages/fr/hint.stop", {"forms": ["{"]}, "body.forms"),
    ("POST", "/v1/campaigns/1/schedule", {"at": PAST}, "body.at"),
    ("POST", "/v1/campaigns/1/schedule", None, "body.at"),
    ("POST", "/v1/meetings/tanger/move", {"starts_at": PAST, "ends_at": "2020-01-01T11:00:00Z"}, "body.starts_at"),
    ("POST", "/v1/meetings/over/attendance", {"came": [99]}, "body.came"),
    ("POST", "/v1/meetings/over/attendance", {"absent": [99]}, "body.absent"),
    ("POST", "/v1/ideas/1/decline", {"reason": "none"}, "body.reason"),
    ("PUT", f"/v1/plans/{CODE}/commitments.csv", b"a,b", "body"),
    ("PUT", "/v1/proposals/park/picture", b"GIF", "body"),
    ("GET", "/v1/ideas?limit=0", None, "query.limit"),
    ("GET", "/v1/residents/0", None, "path.number"),
)  # fmt: skip


async def test_the_field_that_is_wrong_is_named(quiet_world: World) -> None:
    await make(quiet_world, NEWS)
    await kept(quiet_world)
    await planned(quiet_world, "over", days=1)
    quiet_world.now.advance(days=2)
    assert (await call(quiet_world, "POST", "/v1/meetings", json=meeting(quiet_world))).status_code == 201
    for method, path, given, field in FIELDS:
        body = {"content": given} if isinstance(given, bytes) else {"json": given}
        answer = await call(quiet_world, method, path, **body)
        assert answer.status_code == 422, (path, answer.text)
        assert [each["field"] for each in answer.json()["faults"]] == [field], path


async def test_a_misplaced_name_is_refused_wherever_it_stands(quiet_world: World) -> None:
    given = {"name": "", "limit": 0, "province": "Atlantis", "who": "x"}
    said = await refused(quiet_world, "POST", "/v1/agents?who=x", 422, json=given)
    assert [each["field"] for each in said["faults"]] == ["query.who", "body.who"]
    said = await refused(quiet_world, "POST", "/v1/agents", 422, json={"name": "Amal", "who": "x"})
    assert [each["field"] for each in said["faults"]] == ["body.who"]
    assert (await call(quiet_world, "GET", "/v1/agents")).json()["items"] == []


async def test_a_token_that_is_none_of_ours_is_said(quiet_world: World) -> None:
    for token, words in ((None, "a bearer token is needed"), ("wrong", "the bearer token is wrong")):
        said = await refused(quiet_world, "GET", "/v1/agents", 401, token=token)
        assert said["detail"] == words
