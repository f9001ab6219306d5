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
from tests.accounts.needed import NEEDED
from tests.accounts.office import HOST, Person, browser, enter, make
from tests.conftest import Databases
from tests.world import World, quiet

ONE = "01.571"
OWN = ("/v1/session", "/v1/session/confirm")  # need no right: tests/accounts/test_login.py
ROUTES = [route for router in ROUTERS for route in router.routes if getattr(route, "path", "") not in OWN]


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
                assert re.search(r"requires (the|any) right", answer.json()["detail"])


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
