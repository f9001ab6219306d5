"""Every route of /v1, as every role, for the Region and for a province: let in by its right, or refused before all."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from api.security.rights import EVERYTHING, ROLES, WHOLE_REGION, Permission
from api.v1 import ROUTERS
from api.web.staff_route import StaffRoute
from tests.accounts.office import HOST, Person, browser, enter, make
from tests.conftest import Databases
from tests.world import World, quiet

ONE = "01.571"
OWN = ("/v1/session", "/v1/session/confirm")  # need no right: tests/accounts/test_login.py
ROUTES = [route for router in ROUTERS for route in router.routes if getattr(route, "path", "") not in OWN]
W, A, S, M = Permission.WRITE, Permission.APPROVE, Permission.SEND, Permission.MODERATE
D, P, AUDIT = Permission.ANSWER, Permission.PUBLISH, Permission.AUDIT
SETTINGS, STAFF = Permission.MANAGE_SETTINGS, Permission.MANAGE_STAFF
ANYBODY = set(EVERYTHING)
CAMPAIGNS, TEXTS = {W, A, S, AUDIT}, {M, P, AUDIT}
# What each route needs, written down a second time: a right that is changed by mistake is seen here. "+" takes a fresh
# code; "~" takes a right of one province as well.
NEEDED: dict[str, tuple[set[Permission], str]] = {
    "GET /consultations": (ANYBODY, "~"), "GET /consultations/{code}": (ANYBODY, "~"),
    "GET /consultations/{code}/page": (ANYBODY, "~"), "GET /consultations/{code}/results": (ANYBODY, "~"),
    "POST /consultations": ({W}, ""), "PUT /consultations/{code}": ({W}, ""),
    "POST /consultations/{code}/clone": ({W}, ""), "POST /consultations/{code}/test": ({W}, ""),
    "POST /consultations/{code}/discard": ({W}, ""), "POST /rounds": ({W}, ""),
    "POST /consultations/{code}/open": ({S}, "+"), "POST /consultations/{code}/schedule": ({S}, "+"),
    "POST /consultations/{code}/close": ({S}, "+"),
    "GET /consultations/{code}/answers": (TEXTS, ""), "GET /consultations/{code}/answers/tags": (TEXTS, ""),
    "GET /consultations/{code}/answers.csv": (TEXTS, ""), "GET /answers/{number}": (TEXTS, ""),
    "POST /answers/{number}/tag": ({M}, ""), "POST /answers/{number}/untag": ({M}, ""),
    "GET /words/unmatched": ({W, M, AUDIT}, ""), "POST /words/assign": ({W, M}, ""),
    "POST /words/unassign": ({W, M}, ""), "POST /words/drop": ({W, M}, ""),
    "GET /overview": (ANYBODY, "~"), "POST /clock/confirm": ({SETTINGS}, ""),
    "GET /campaigns": (CAMPAIGNS, ""), "GET /campaigns/{campaign_id}": (CAMPAIGNS, ""),
    "GET /campaigns/{campaign_id}/preview": (CAMPAIGNS, ""), "GET /campaigns/{campaign_id}/report": (CAMPAIGNS, ""),
    "GET /campaigns/{campaign_id}/progress": (CAMPAIGNS, ""),
    "GET /campaigns/{campaign_id}/recipients": (CAMPAIGNS, ""),
    "GET /campaigns/{campaign_id}/recipients.csv": (CAMPAIGNS, ""), "POST /campaigns": ({W}, ""),
    "PUT /campaigns/{campaign_id}": ({W}, ""), "POST /campaigns/{campaign_id}/budget": ({S}, "+"),
    "POST /campaigns/{campaign_id}/test": ({W, A, S}, ""), "POST /campaigns/{campaign_id}/{step}": ({W, A, S}, ""),
    "GET /agents": ({D, SETTINGS, AUDIT}, "~"), "POST /agents": ({SETTINGS}, "~"),
    "POST /agents/{number}/end": ({SETTINGS}, "~"), "POST /agents/{number}/free": ({SETTINGS}, "~"),
    "POST /agents/{number}/void": ({SETTINGS}, "+~"),
    "GET /desk": ({D}, "~"), "GET /desk/overview": ({D}, "~"), "GET /desk/{number}": ({D}, "~"),
    "POST /desk/{number}/answer": ({D}, "~"), "POST /desk/{number}/assign": ({D}, "~"),
    "POST /desk/{number}/close": ({D}, "~"),
    "GET /meetings": (ANYBODY, "~"), "GET /meetings/{code}": (ANYBODY, "~"),
    "GET /meetings/{code}/seats": ({W, D, P}, "~"), "POST /meetings": ({W}, "~"),
    "POST /meetings/{code}/seats": ({W}, "~"), "POST /meetings/{code}/attendance": ({W}, "~"),
    "POST /meetings/{code}/minutes": ({P}, "~"), "POST /meetings/{code}/cancel": ({S}, "+~"),
    "POST /meetings/{code}/move": ({S}, "+~"),
    "GET /plans": (ANYBODY, "~"), "GET /plans/{code}/commitments": (ANYBODY, "~"),
    "GET /plans/{code}/commitments/{number}": (ANYBODY, "~"), "GET /plans/{code}/late": (ANYBODY, "~"),
    "GET /plans/{code}/commitments.csv": (ANYBODY, "~"), "GET /plans/{code}/commitments.json": (ANYBODY, "~"),
    "PUT /plans": ({W}, ""), "PUT /plans/{code}/commitments": ({W}, ""),
    "PUT /plans/{code}/commitments.csv": ({W}, ""), "PUT /plans/{code}/commitments/{number}/milestones": ({W}, ""),
    "POST /plans/{code}/commitments/{number}/assessments": ({W}, ""),
    "POST /plans/{code}/commitments/{number}/updates": ({P}, ""),
    "POST /plans/{code}/commitments/{number}/milestones/{milestone}/ground": ({P}, ""),
    "GET /residents/merges": ({D, AUDIT}, ""), "POST /residents/merges/{number}/undo": ({D}, "+"),
    "GET /residents/ranges": ({D, AUDIT}, ""), "GET /residents/acts": ({AUDIT}, ""),
    "POST /residents/find": ({D}, "~"), "GET /residents/{number}": ({D}, "~"),
    "POST /residents/{number}/erase": ({D}, "+~"), "GET /residents/unmaskings": ({AUDIT}, ""),
    "POST /residents/{number}/unmask": ({Permission.SEE_NUMBERS}, "+~"),
    "GET /record": ({AUDIT}, ""), "GET /record/checkpoints": ({AUDIT}, ""), "GET /record/export": ({AUDIT}, ""),
    "GET /messages": (ANYBODY, "~"), "PUT /messages/{language}/{name}": ({SETTINGS}, ""),
    "DELETE /messages/{language}/{name}": ({SETTINGS}, ""),
    "GET /ideas": ({M, W, AUDIT}, "~"), "GET /ideas/{number}": ({M, W, AUDIT}, "~"),
    "GET /ideas/reasons": (ANYBODY, "~"),
    "POST /ideas/{number}/read": ({M}, "~"), "POST /ideas/{number}/publish": ({M}, "~"),
    "POST /ideas/{number}/merge": ({M}, "~"), "POST /ideas/{number}/decline": ({M}, "~"),
    "GET /proposals": (ANYBODY, "~"), "GET /proposals/{code}": (ANYBODY, "~"),
    "GET /proposals/{code}/picture": (ANYBODY, "~"), "POST /proposals": ({W}, "~"),
    "PATCH /proposals/{code}": ({W}, "~"), "PUT /proposals/{code}/picture": ({W}, "~"),
    "DELETE /proposals/{code}/picture": ({W}, "~"), "POST /proposals/{code}/answer": ({P}, "~"),
    "POST /proposals/{code}/commit": ({P}, "~"), "POST /proposals/{code}/publish": ({P}, "~"),
    "POST /proposals/{code}/withdraw": ({P}, "~"), "POST /proposals/{code}/choose": ({P}, "~"),
    "POST /proposals/{code}/pass-over": ({P}, "~"),
    "GET /rules": (ANYBODY, "~"), "GET /rules/changes": (ANYBODY, "~"), "PUT /rules/{name}": ({SETTINGS}, ""),
    "GET /staff": ({STAFF}, "~"), "POST /staff": ({STAFF}, "+~"), "POST /staff/{name}/disable": ({STAFF}, "+~"),
    "POST /staff/{name}/reset": ({STAFF}, "+~"), "POST /staff/{name}/grant": ({STAFF}, "+~"),
    "POST /staff/{name}/revoke": ({STAFF}, "+~"),
    "GET /tokens": ({STAFF}, "~"), "POST /tokens": ({STAFF}, "+~"), "POST /tokens/{number}/revoke": ({STAFF}, "+~"),
}  # fmt: skip


def named(route: StaffRoute) -> str:
    """A route as the table has it."""
    [method] = route.methods
    return f"{method} {route.path.removeprefix('/v1')}"


def test_every_route_names_the_right_that_the_table_has() -> None:
    assert [each.path for each in ROUTES if not isinstance(each, StaffRoute)] == []
    found = {}
    for each in ROUTES:
        assert isinstance(each, StaffRoute)
        marks = ("+" if each.needs.fresh else "") + ("~" if each.needs.local else "")
        found[named(each)] = (set(each.needs.permissions), marks)
    assert found == NEEDED


def test_a_route_that_names_no_right_is_a_mistake() -> None:
    async def look() -> None: ...

    with pytest.raises(TypeError, match="/v1/somewhere names no right"):
        StaffRoute("/v1/somewhere", look, methods=["GET"], dependencies=[])


@pytest.fixture(scope="module")
async def office(databases: Databases) -> AsyncIterator[World]:
    """A world that the table shares."""
    async with quiet(await databases.fresh()) as world:
        yield world


async def asked(person: Person, route: APIRoute) -> httpx.Response:
    """Ask for nothing in particular: what is refused for want of a right is refused before anything is read."""
    path = re.sub(r"{\w+}", "999", route.path.replace("{step}", "launch").replace("{language}", "fr"))
    [method] = route.methods
    sent = {} if "{step}" in route.path else {"nothing": 1}  # a step is known by its name alone
    body: dict[str, Any] = {} if method == "GET" else {"json": sent}
    return await person.http.request(method, path, headers={"Origin": HOST}, **body)


@pytest.mark.parametrize("province", [WHOLE_REGION, ONE])
@pytest.mark.parametrize("role", [*ROLES, "see_numbers"])
async def test_v8_2_1_every_role_is_let_in_where_its_rights_say(office: World, role: str, province: str) -> None:
    """v8.3.1: by what the service itself knows of them."""
    async with browser(office) as http:
        name = f"{role} {province or 'region'}".replace(".", " ")
        person = await enter(office, await make(office, name, role, province=province, http=http))
        held = ROLES.get(role, {Permission.SEE_NUMBERS})
        for route in ROUTES:
            assert isinstance(route, StaffRoute)
            permissions, marks = NEEDED[named(route)]
            allowed = bool(permissions & held) and (not province or "~" in marks)
            answer = await asked(person, route)
            if allowed:
                step = named(route).endswith("{step}") and Permission.SEND not in held  # a launch takes more
                assert answer.status_code not in (401, *(() if step else (403,))), (named(route), answer.text)
            else:
                assert answer.status_code == 403, (named(route), answer.text)
                assert re.search(r"needs (the|any) right", answer.json()["detail"])


async def test_what_needs_a_fresh_code_is_refused_without(office: World) -> None:
    async with browser(office) as http:
        person = await make(office, "all of it", *EVERYTHING, http=http)
        await enter(office, person, fresh=False)
        for route in ROUTES:
            assert isinstance(route, StaffRoute)
            answer = await asked(person, route)
            fresh = "+" in NEEDED[named(route)][1] or named(route).endswith("{step}")
            assert ("a fresh code" in answer.text) is fresh, (named(route), answer.text)


async def test_who_has_no_right_at_all_sees_nothing(office: World) -> None:
    async with browser(office) as http:
        person = await enter(office, await make(office, "no right", http=http))
        for route in ROUTES:
            assert (await asked(person, route)).status_code == 403, route.path


WRITER = {"submit", "revise", "clone", "resend"}
SENDER = {"schedule", "launch", "unschedule", "pause", "resume", "cancel"}


@pytest.mark.parametrize(
    ("role", "steps"), [("editor", WRITER), ("approver", SENDER | {"approve"}), ("write", WRITER), ("send", SENDER)]
)
async def test_v8_2_2_each_step_of_a_campaign_needs_its_own_right(office: World, role: str, steps: set[str]) -> None:
    """Nobody launches or approves because they may write."""
    async with browser(office) as http:
        await enter(office, await make(office, f"step {role}", role, http=http))
        for step in sorted(WRITER | SENDER | {"approve"}):
            sent = {"at": "2030-01-01T10:00:00Z"} if step == "schedule" else {}
            answer = await http.post(f"/v1/campaigns/999/{step}", json=sent, headers={"Origin": HOST})
            assert answer.status_code == (404 if step in steps else 403), (step, answer.text)
