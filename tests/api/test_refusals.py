"""Every error has the same form, names the wrong field, and is listed in the OpenAPI document."""

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
from tests.commitments.plans import CODE, add_plan
from tests.meetings.planned import meeting, planned
from tests.world import World

ALWAYS = {"401", "503"}
WRITES = {"409", "422"}
JSON = {"Content-Type": "application/json"}


def test_every_operation_says_what_it_may_refuse() -> None:
    for method, known, operation in operations():
        wanted = ALWAYS | (WRITES if method != "GET" else set())
        if (method, known.pattern) == ("POST", "/v1/session"):  # signing in needs no credential, and repeats nothing
            wanted -= {"401", "409"}
        wanted |= {"404", "422"} if any(each["in"] == "path" for each in operation.get("parameters", [])) else set()
        wanted |= {"400", "413", "422"} if "requestBody" in operation else set()
        assert wanted <= {*operation["responses"]}, (method, known.pattern)
        for status, response in operation["responses"].items():
            if status >= "400":
                schema = response["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Refusal"}, (method, known.pattern, status)


async def refused(world: World, method: str, path: str, status: int, **options: Any) -> dict[str, Any]:
    """Send a request that must be refused, check the form of the error, and return it."""
    answer = await call(world, method, path, **options)
    assert answer.status_code == status, answer.text
    error: dict[str, Any] = answer.json()
    assert [*error] == ["detail", "faults", "request_id"]
    assert error["detail"]
    assert error["request_id"] == answer.headers["X-Request-Id"]
    assert bool(error["faults"]) == (status == 422)
    assert all([*fault] == ["field", "message"] and fault["message"] for fault in error["faults"])
    return error


async def test_one_form_for_every_status(quiet_world: World) -> None:
    code = await created(quiet_world)
    requests: list[tuple[str, str, int, dict[str, Any]]] = [
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
    for method, path, status, options in requests:
        await refused(quiet_world, method, path, status, **options)


@pytest.mark.parametrize(
    ("error", "status"),
    [(Unavailable(), 503), (WrongSetup("a secret"), 503), (IntegrityError("a secret", {}, Exception()), 409)],
)
async def test_internal_errors_have_the_same_form(
    quiet_world: World, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int
) -> None:
    async def fails(*_args: object, **_options: object) -> None:
        raise error

    monkeypatch.setattr(service, "locked", fails)
    answer = await refused(quiet_world, "POST", f"{CONSULTATIONS}/plan/open", status)
    assert "secret" not in str(answer)


async def test_a_forbidden_act_has_the_same_form(quiet_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_args: object, **_options: object) -> None:
        raise Forbidden("someone else must approve")

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


async def test_the_wrong_field_is_named(quiet_world: World) -> None:
    await make(quiet_world, NEWS)
    await add_plan(quiet_world)
    await planned(quiet_world, "over", days=1)
    quiet_world.now.advance(days=2)
    assert (await call(quiet_world, "POST", "/v1/meetings", json=meeting(quiet_world))).status_code == 201
    for method, path, content, field in FIELDS:
        body = {"content": content} if isinstance(content, bytes) else {"json": content}
        answer = await call(quiet_world, method, path, **body)
        assert answer.status_code == 422, (path, answer.text)
        assert [each["field"] for each in answer.json()["faults"]] == [field], path


async def test_an_actor_in_the_body_or_query_is_refused_first(quiet_world: World) -> None:
    body = {"name": "", "limit": 0, "province": "Atlantis", "who": "x"}
    error = await refused(quiet_world, "POST", "/v1/agents?who=x", 422, json=body)
    assert [each["field"] for each in error["faults"]] == ["query.who", "body.who"]
    error = await refused(quiet_world, "POST", "/v1/agents", 422, json={"name": "Amal", "who": "x"})
    assert [each["field"] for each in error["faults"]] == ["body.who"]
    assert (await call(quiet_world, "GET", "/v1/agents")).json()["items"] == []


async def test_a_missing_or_wrong_token_is_refused(quiet_world: World) -> None:
    for token, words in ((None, "a bearer token is required"), ("wrong", "the bearer token is wrong")):
        error = await refused(quiet_world, "GET", "/v1/agents", 401, token=token)
        assert error["detail"] == words
