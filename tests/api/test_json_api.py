"""The JSON API for staff: authentication, the states of a consultation, validation errors, the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.api.office import CONSULTATIONS, call, created, draft, every
from tests.conftest import Databases
from tests.consultations import question, words
from tests.people import joined
from tests.wire.checker import WireChecker
from tests.world import World, living

SIGNING_IN = ("POST", "/v1/session")
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
async def office(databases: Databases, checker: WireChecker) -> AsyncIterator[World]:
    async with living(await databases.fresh(), checker) as world:
        yield world


async def closed(world: World) -> list[tuple[str, str]]:
    """Every operation that needs a credential: all but signing in."""
    described = (await world.http.get("/openapi.json")).json()["paths"]
    operations = [(method.upper(), path) for path, methods in described.items() for method in methods]
    return [each for each in operations if each != SIGNING_IN]


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer wrong", "Basic dGVzdA==", "Bearer é"], ids=range(6)
)
async def test_nothing_without_the_token(office: World, authorization: str | None) -> None:
    headers = {} if authorization is None else {b"Authorization": authorization.encode("latin-1")}
    described = await closed(office)
    for method, path in described:
        answer = await office.http.request(method, path, headers=headers, json={})
        assert answer.status_code == 401, (method, path)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert isinstance(answer.json()["detail"], str)
    assert len(described) >= 6


@pytest.mark.parametrize(
    ("kind", "body"),
    [("json", b"{"), ("json", b"[]"), ("json", b"\xff"), ("json", b"[" * 5000), ("octet-stream", b"PNG")],
    ids=["cut", "wrong", "bytes", "deep", "picture"],
)
async def test_a_body_is_not_read_before_the_token_is_known(office: World, kind: str, body: bytes) -> None:
    operations = await closed(office)
    for method, path in operations:
        answer = await office.http.request(method, path, headers={"Content-Type": f"application/{kind}"}, content=body)
        assert answer.status_code == 401, (method, path)
    assert any(method == "POST" for method, _ in operations)


async def test_the_life_of_a_consultation(office: World) -> None:
    fields = draft(closes_at="2099-01-31T12:00:00+01:00")
    code = fields["code"]
    response = await call(office, "POST", CONSULTATIONS, json=fields)
    assert response.status_code == 201
    assert response.json() == {
        "code": code, "title": fields["title"], "state": "draft", "questions": 4, "numbers": "any",
        "opens_at": None, "opened_at": None, "closes_at": "2099-01-31T11:00:00Z", "closed_at": None,
        "cleaned_at": None, "receipts": "checked", "smallest_count": 10,
    }  # fmt: skip
    assert (await call(office, "GET", CONSULTATIONS)).json()["items"][0] == response.json()
    assert (await call(office, "GET", f"{CONSULTATIONS}/{code}")).json() == response.json()
    opened = (await call(office, "POST", f"{CONSULTATIONS}/{code}/open")).json()
    assert (opened["state"], opened["closed_at"]) == ("open", None)
    assert opened["opened_at"] is not None
    closed = (await call(office, "POST", f"{CONSULTATIONS}/{code}/close")).json()
    where = {"list_url": f"{office.url}/consultations/{code}/receipts", "left_at_providers": 0}
    times = {name: closed[name] for name in ("closed_at", "cleaned_at")}
    assert closed == {**opened, "state": "closed", **times, **where}
    assert closed["closed_at"] is not None
    results = (await call(office, "GET", f"{CONSULTATIONS}/{code}/results")).json()
    assert (results["code"], results["state"], results["ballots"]) == (code, "closed", 0)
    assert [each["kind"] for each in results["questions"]] == ["single", "yes_no", "scale", "text"]


@pytest.mark.parametrize(
    "code", ["nothing", "%00", "a%00b", "é", "%ED%A0%80", "x" * 3000, "%27%3B--", "PLAN"], ids=range(8)
)
@pytest.mark.parametrize(("method", "rest"), [("GET", ""), ("POST", "/open"), ("POST", "/close"), ("GET", "/results")])
async def test_what_is_unknown(office: World, code: str, method: str, rest: str) -> None:
    answer = await call(office, method, f"{CONSULTATIONS}/{code}{rest}")
    assert answer.status_code == 404
    assert answer.json()["detail"].startswith("there is no consultation")


async def test_what_does_not_fit_the_present_state(office: World) -> None:
    code = await created(office)
    late = await created(office, closes_at="2020-01-01T00:00:00Z")
    for method, path, status in (
        ("POST", f"{code}/close", 409), ("POST", f"{late}/open", 409), ("POST", f"{code}/open", 200),
        ("POST", f"{code}/open", 409), ("POST", f"{code}/close", 200), ("POST", f"{code}/close", 409),
        ("POST", f"{code}/open", 409),
    ):  # fmt: skip
        answer = await call(office, method, f"{CONSULTATIONS}/{path}")
        assert answer.status_code == status, path
        if status == 409:
            assert path.partition("/")[0] in answer.json()["detail"]
    again = await call(office, "POST", CONSULTATIONS, json=draft(code=code))
    assert again.status_code == 409
    assert code in again.json()["detail"]


def only(kind: str = "single", options: int = 0, **rules: Any) -> dict[str, Any]:
    """Replace the four questions by one."""
    return {"questions": [question(kind, options=options, **rules)]}


def titled(**changed: str) -> dict[str, Any]:
    """Change the title."""
    return {"title": {**words("a"), **changed}}


INVALID: tuple[tuple[dict[str, Any], str], ...] = (
    ({"code": "Plan"}, "code"), ({"code": ""}, "code"), ({"code": "x" * 25}, "code"), ({"code": "a b"}, "code"),
    ({"code": None}, "code"), ({"code": "\ud800"}, "code"), ({"title": words("x" * 60)}, "title"),
    ({"title": {"ar": "نص", "fr": "texte"}}, "zgh"), (titled(fr=" "), "fr"), (titled(fr="a\x00b"), "fr"),
    (titled(fr="a\x0bb"), "fr"), (titled(fr="\udfff"), "fr"), (titled(en="text"), "en"),
    ({"questions": []}, "questions"), ({"questions": only("yes_no")["questions"] * 6}, "questions"),
    (only("essay"), "kind"), (only(), "2 to 9 options"), (only(options=10), "2 to 9 options"),
    (only("yes_no", 2), "cannot have options"), (only("several", 3, least=3, most=2), "must not exceed"),
    (only("single", 3, least=2), "must not exceed"),
    (only("text", colour=1), "colour"), (only("scale", low=1), "scale"), (only("scale", low=1, high=11), "scale"),
    (only("number", low=2, high=1), "low"), (only("number", low=float("nan")), "finite"),
    (only("number", low=float("inf")), "finite"), (only("number", low=0, high=10**60), "high"),
    (only("text", longest=5000), "longest"), ({"closes_at": "2099-01-01"}, "timezone"),
    ({"closes_at": "9999-12-31T23:59:59-12:00"}, "year"), ({"closes_at": "tomorrow"}, "closes_at"),
    ({"secret": "x"}, "secret"),
    ({"opens_at": "2099-01-02T00:00:00Z", "closes_at": "2099-01-01T00:00:00Z"}, "before the opening time"),
)  # fmt: skip


@pytest.mark.parametrize(("changed", "named"), INVALID, ids=range(len(INVALID)))
async def test_what_is_not_well_formed(office: World, changed: dict[str, Any], named: str) -> None:
    before = (await call(office, "GET", CONSULTATIONS)).json()
    answer = await call(office, "POST", CONSULTATIONS, content=json.dumps({**draft(), **changed}), headers=JSON)
    assert answer.status_code == 422
    assert answer.json().keys() == {"detail", "faults", "request_id"}  # the values sent are not repeated
    faults = answer.json()["faults"]
    assert {name for fault in faults for name in fault} == {"field", "message"}
    assert any(named in f"{fault['field']} {fault['message']}" for fault in faults), faults
    assert (await call(office, "GET", CONSULTATIONS)).json() == before


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b"7", b"\xff", b"[" * 60_000, b'"x"'], ids=range(8))
async def test_what_is_no_json_of_ours(office: World, body: bytes) -> None:
    answer = await call(office, "POST", CONSULTATIONS, content=body, headers=JSON)
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]


async def test_a_body_over_64_kib_is_refused_whether_or_not_it_says_so(office: World) -> None:
    async def chunks() -> Any:
        for _ in range(70):
            yield b" " * 1024

    for content in (b" " * 70_000, chunks()):
        answer = await call(
            office, "POST", CONSULTATIONS, content=content, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == 413
        assert (answer.json()["detail"], answer.json()["faults"]) == ("the body is larger than 64 KiB", [])


async def test_it_describes_itself(office: World) -> None:
    described = (await office.http.get("/openapi.json")).json()
    operations = {(method, path) for path, methods in described["paths"].items() for method in methods}
    assert operations >= {
        ("get", CONSULTATIONS), ("post", CONSULTATIONS), ("get", f"{CONSULTATIONS}/{{code}}"),
        ("post", f"{CONSULTATIONS}/{{code}}/open"), ("post", f"{CONSULTATIONS}/{{code}}/close"),
        ("get", f"{CONSULTATIONS}/{{code}}/results"),
    }  # fmt: skip
    assert all(path.startswith("/v1/") for path in described["paths"])
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            guarded = operation.get("security") == [{"HTTPBearer": []}]
            assert guarded is ((method.upper(), path) != SIGNING_IN)
            assert operation["description"]


async def test_a_control_character_in_a_corrected_message_does_not_void_the_answer(own_world: World) -> None:
    listed = await every(own_world, "/v1/messages")
    stopped = next(each for each in listed if (each["name"], each["language"]) == ("stopped", "fr"))
    forms = [f"{form[:5]}\x0b{form[5:]}" for form in stopped["forms"]]
    answer = await call(own_world, "PUT", "/v1/messages/fr/stopped", json={"forms": forms})
    assert answer.status_code in (200, 422)
    person = await joined(own_world, "sms", "fr")
    await person.say("STOP")
    assert person.heard == person.words("stopped")
    assert own_world.network.alerts == []
