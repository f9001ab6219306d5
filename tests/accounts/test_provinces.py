"""A province's staff sees and does only its province's: ideas, proposals, meetings, letters, agents, residents."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.agents.models import Agent
from api.proposals.models import Proposal
from api.residents.models import Address
from api.residents.service import open_address
from api.security.rights import EVERYTHING
from api.v1 import ROUTERS
from api.web.staff_route import StaffRoute
from tests.accounts.needed import ANYBODY, NEEDED
from tests.accounts.office import HOST, Person, browser, enter, make
from tests.accounts.test_every_route import named
from tests.api.office import call
from tests.campaigns.crowd import resident
from tests.campaigns.office import NEWS
from tests.campaigns.office import make as campaign
from tests.commitments.plans import CODE, add_plan
from tests.conftest import Databases
from tests.meetings.planned import meeting, planned
from tests.proposals.office import draft, idea
from tests.proposals.test_pictures import png
from tests.staff.test_today import letter
from tests.world import KEYRING, World, quiet

HERE, THERE = "01.571", "01.511"  # of whoever acts, and of whoever must not
# Local routes whose rows are of no province, or that list by province: what they show is checked apart.
OF_NO_PROVINCE = {
    "GET /consultations", "GET /consultations/{code}", "GET /consultations/{code}/page",
    "GET /consultations/{code}/file", "GET /consultations/{code}/results", "GET /plans",
    "GET /plans/{code}/commitments", "GET /plans/{code}/commitments/{number}", "GET /plans/{code}/late",
    "GET /plans/{code}/commitments.csv", "GET /plans/{code}/commitments.json", "GET /messages", "GET /rules",
    "GET /rules/changes", "GET /ideas/reasons",
}  # fmt: skip
# Held by tests/accounts/test_managing.py.
MANAGING = {name for name in NEEDED if name.split()[1].startswith(("/staff", "/tokens"))}
OVERVIEW = {"GET /overview"}  # see test_the_overview_of_a_province
LISTS = {"GET /ideas", "GET /proposals", "GET /meetings", "GET /desk", "GET /desk/overview", "GET /agents"}


@dataclass
class Office:
    """A world with something of HERE behind every door, and two people with every right: one here, one elsewhere."""

    world: World
    ours: Person
    theirs: Person
    names: dict[str, str]


@pytest.fixture(scope="module")
async def office(databases: Databases) -> AsyncIterator[Office]:
    async with quiet(await databases.fresh()) as world, browser(world) as one, browser(world) as two:
        author = await resident(world, province=HERE)
        number, other = await idea(world, author, "un puits"), await idea(world, author, "un pont")
        for each in (number, other):
            assert (await call(world, "POST", f"/v1/ideas/{each}/read", json={})).status_code == 200
        given = draft("well", other) | {"province": HERE}
        assert (await call(world, "POST", "/v1/proposals", json=given)).status_code == 201
        picture = await call(world, "PUT", "/v1/proposals/well/picture", content=png())
        assert picture.status_code == 200
        await planned(world, "tanger", province=HERE)
        await add_plan(world)
        await call(world, "POST", "/v1/agents", json={"name": "Association", "province": HERE})
        await letter(world, author)
        people = [
            await enter(world, await make(world, name, *EVERYTHING, province=province, http=http))
            for name, province, http in (("here", HERE, one), ("there", THERE, two))
        ]
        names = {"ideas": str(number), "proposals": "well", "meetings": "tanger", "residents": str(author)}
        yield Office(world, *people, names)


def body(office: Office, name: str) -> dict[str, Any]:
    """What is sent to a route, well formed."""
    words = {"ar": "x", "fr": "y", "zgh": "z"}
    moved = {key: meeting(office.world, days=9)[key] for key in ("starts_at", "ends_at")}
    found: dict[str, Any] = {
        "POST /agents": {"name": "Other", "province": HERE},
        "POST /agents/{number}/void": {"consultation": "plan"},
        "POST /desk/{number}/answer": {"text": "oui"}, "POST /desk/{number}/assign": {"province": HERE},
        "POST /meetings": meeting(office.world) | {"code": "second", "province": HERE},
        "POST /meetings/{code}/seats": {"seats": 50}, "POST /meetings/{code}/attendance": {"people": 3},
        "POST /meetings/{code}/minutes": words, "POST /meetings/{code}/move": moved,
        "POST /residents/find": {"channel": "sms", "address": "+212600000000"},
        "POST /residents/{number}/unmask": {"channel": "sms", "reason": "they asked to be called back"},
        "POST /ideas/{number}/merge": {"into": int(office.names["ideas"]) + 1},
        "POST /ideas/{number}/decline": {"words": words}, "POST /ideas/{number}/publish": {},
        "POST /proposals": draft("other", int(office.names["ideas"])) | {"province": HERE},
        "PATCH /proposals/{code}": {"title": words}, "POST /proposals/{code}/answer": {"words": words},
        "POST /proposals/{code}/commit": {"plan": CODE, "number": 3},
    }  # fmt: skip
    return found.get(name, {})


async def asked(office: Office, person: Person, route: StaffRoute) -> httpx.Response:
    """Ask for what is of HERE."""
    path = route.path
    kind = path.split("/")[2]
    path = path.replace("{code}", office.names.get(kind, "x")).replace("{number}", office.names.get(kind, "1"))
    [method] = route.methods
    sent = {"content": png()} if path.endswith("picture") and method == "PUT" else {"json": body(office, named(route))}
    given: dict[str, Any] = {} if method in ("GET", "DELETE") else sent
    return await person.http.request(method, path, headers={"Origin": HOST}, **given)


def local() -> list[StaffRoute]:
    """Routes that take a right of one province, and name a thing."""
    routes = [each for router in ROUTERS for each in router.routes if isinstance(each, StaffRoute) and each.needs.local]
    return [each for each in routes if named(each) not in OF_NO_PROVINCE | MANAGING | LISTS | OVERVIEW]


async def test_v8_2_2_nothing_of_another_province_is_read_or_changed(office: Office) -> None:
    """By whoever holds every right elsewhere; of what names no row, such as finding a number nobody has, see below."""
    for route in local():
        if named(route) == "POST /residents/find":
            continue
        answer = await asked(office, office.theirs, route)
        assert answer.status_code == 403, (named(route), answer.status_code, answer.text)
        assert f"in {HERE}" in answer.json()["detail"], (named(route), answer.text)


async def test_what_is_of_ones_own_province_is_read(office: Office) -> None:
    reading = [each for each in local() if "GET" in each.methods]
    assert len(reading) > 5
    for route in reading:
        answer = await asked(office, office.ours, route)
        assert answer.status_code == 200, (named(route), answer.text)


async def test_a_list_shows_ones_own_province(office: Office) -> None:
    for name in sorted(LISTS):
        path = f"/v1{name.split()[1]}"
        ours = (await office.ours.http.get(path)).json()["items"]
        theirs = (await office.theirs.http.get(path)).json()["items"]
        assert len(ours) > 0, name
        assert {each["province"] for each in ours} == {HERE}, name
        assert theirs == [], name


async def waiting(office: Office, person: Person) -> dict[str, Any]:
    """Their overview: only what is not empty."""
    answer = await person.http.get("/v1/overview")
    assert answer.status_code == 200, answer.text
    found = {name: value for name, value in answer.json().items() if value not in ([], None, 0)}
    return found if found["ideas"]["count"] else {name: value for name, value in found.items() if name != "ideas"}


async def test_the_overview_of_a_province_has_what_waits_there(office: Office) -> None:
    """And nothing of what is the Region's, which somebody with a right for the whole Region sees."""
    author = await resident(office.world, province=HERE)
    await idea(office.world, author, "une fontaine")
    await campaign(office.world, NEWS)
    await planned(office.world, "soon", days=1, province=HERE)
    async with office.world.db.transaction() as session:
        (await session.get_one(Agent, 1)).refused = 2
        proposal = await session.scalar(select(Proposal).where(Proposal.code == "well"))
        assert proposal is not None
        before, proposal.state = proposal.state, "chosen"
    ours = await waiting(office, office.ours)
    assert await waiting(office, office.theirs) == {}
    async with browser(office.world) as http:
        everywhere = await waiting(
            office, await enter(office.world, await make(office.world, "all", "audit", http=http))
        )
    async with office.world.db.transaction() as session:
        proposal = await session.scalar(select(Proposal).where(Proposal.code == "well"))
        assert proposal is not None
        proposal.state = before
    assert set(ours) == {"ideas", "proposals", "letters", "meetings", "agents"}
    assert [each["code"] for each in ours["meetings"]] == ["soon"]
    assert {each["province"] for each in ours["letters"]} == {HERE}
    assert (ours["ideas"]["count"], len(ours["agents"]), len(ours["proposals"])) == (1, 1, 1)
    assert {name: everywhere[name] for name in ours} == ours
    assert [each["name"] for each in everywhere["campaigns"]] == [NEWS["name"]]


async def test_a_resident_is_found_by_staff_of_their_province(office: Office) -> None:
    """To others nobody is: the answer is the same as for a number that nobody uses, and tells no province."""
    async with office.world.db.transaction() as session:
        row = await session.scalar(select(Address).where(Address.resident_id == int(office.names["residents"])))
        assert row is not None
        assert row.sealed is not None
        given = {"channel": row.channel, "address": open_address(KEYRING, row.sealed)}
    for person, status in ((office.theirs, 404), (office.ours, 200)):
        answer = await person.http.post("/v1/residents/find", json=given, headers={"Origin": HOST})
        assert answer.status_code == status, answer.text
    nobody = {"channel": "sms", "address": "+212600009999"}
    answers = [
        await office.theirs.http.post("/v1/residents/find", json=each, headers={"Origin": HOST})
        for each in (given, nobody)
    ]
    assert len({(each.status_code, each.json()["detail"]) for each in answers}) == 1


async def test_nothing_is_made_for_or_moved_to_another_province(office: Office) -> None:
    post, patch = office.ours.http.post, office.ours.http.patch
    given = meeting(office.world) | {"code": "third", "province": THERE}
    assert (await post("/v1/meetings", json=given, headers={"Origin": HOST})).status_code == 403
    for province in (THERE, None):
        moved = await patch("/v1/proposals/well", json={"province": province}, headers={"Origin": HOST})
        assert moved.status_code == 403
        made = draft("fourth", int(office.names["ideas"])) | {"province": province}
        assert (await post("/v1/proposals", json=made, headers={"Origin": HOST})).status_code == 403
    stays = (await office.ours.http.get("/v1/proposals/well")).json()
    assert stays["province"] == HERE


async def test_a_letter_is_handed_over_to_another_desk(office: Office) -> None:
    """By whose desk it was; afterwards it is theirs no longer."""
    async with office.world.db.transaction() as session:
        author = await session.scalar(select(Address.resident_id))
    assert author is not None
    await letter(office.world, author)
    path, post = "/v1/desk/2", office.ours.http.post
    given = {"json": {"province": THERE}, "headers": {"Origin": HOST}}
    answer = await post(f"{path}/assign", **given)
    assert answer.status_code == 200, answer.text
    assert answer.json()["province"] == THERE
    assert (await post(f"{path}/assign", **given)).status_code == 403
    assert (await office.theirs.http.get(path)).status_code == 200
    back = {"json": {"province": HERE}, "headers": {"Origin": HOST}}
    assert (await office.theirs.http.post(f"{path}/assign", **back)).status_code == 200


def test_every_local_route_is_held_to_its_province() -> None:
    """What is local and in none of these tables has to be entered in one of them."""
    known = {name for name, (_, marks) in NEEDED.items() if "~" in marks}
    assert known >= OF_NO_PROVINCE | LISTS | MANAGING | OVERVIEW
    assert all(NEEDED[name][0] == ANYBODY for name in OF_NO_PROVINCE)
