"""Every staff act is recorded with actor and time: each route of /v1 and each command that writes."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from typing import Any

import httpx
import pytest
from fastapi.openapi.utils import get_openapi
from sqlalchemy import select

from api.agents.models import Agent
from api.audit import Act, listed
from api.clocks.models import ClockHold
from api.consultations.lifecycle import CLOCK, close_due, open_due
from api.outbox.flow import lanes
from api.pagination import PageRequest
from api.v1 import ROUTERS
from sawt.__main__ import Commands
from tests.api.office import call
from tests.api.test_every_door import WRITING
from tests.campaigns.crowd import resident
from tests.campaigns.office import NEWS, make
from tests.commitments.office import COMMUNE
from tests.commitments.plans import CODE, add_plan, plan
from tests.consultations import main_consultation, words
from tests.meetings.planned import meeting, planned
from tests.proposals.office import draft, idea, post, published
from tests.proposals.test_pictures import png
from tests.staff.test_today import letter
from tests.world import World

OPERATORS = {
    "serve",
    "migrate",
    "demo",
    "keys",
    "staff create",
    "login",
    "logout",
    "confirm",  # one's own session
}  # they run the service; the system's own logs record them
# Run where the database and the keys are, by whoever looks after the service.
LOCAL = {"clock confirm", "lanes resume", "roads test", "vault forget", "resident merge-doubles"}
READS = {
    "POST /v1/residents/find",
    "POST /v1/residents/{number}/unmask",
}  # recorded too, since a person's data was shown
# Need more preparation: tests/linking/test_files.py, tests/answers/test_reading.py, tests/words/test_unmatched.py.
ELSEWHERE = {
    "POST /v1/residents/merges/{number}/undo", "POST /v1/answers/{number}/tag", "POST /v1/answers/{number}/untag",
    "POST /v1/words/drop",
    "POST /v1/session", "POST /v1/session/confirm", "DELETE /v1/session",  # one's own session: tests/accounts
}  # fmt: skip

# Acts in this order, each by another actor: the route, the values of its path, and the body.
ACTS: list[tuple[str, str, Any]] = [
    ("POST /v1/consultations", "", main_consultation() | {"code": "one"}),
    ("PUT /v1/consultations/{code}", "one", main_consultation() | {"code": "one"}),
    ("POST /v1/consultations/{code}/clone", "one", {"code": "two"}),
    ("POST /v1/consultations/{code}/test", "one", {"to": "+212600000011", "language": "fr"}),
    ("POST /v1/consultations/{code}/schedule", "one", {"closes_at": "2030-01-01T10:00:00Z"}),
    ("POST /v1/consultations/{code}/open", "one", None),
    ("POST /v1/consultations/{code}/close", "one", None),
    ("POST /v1/consultations/{code}/discard", "two", None),
    ("POST /v1/rounds", "", {"code": "vote", "proposals": [3, 4], "kind": "approve"}),
    ("PATCH /v1/proposals/{code}", "park", {"title": words("park, anew")}),
    ("POST /v1/proposals", "", draft("new", 5)),
    ("POST /v1/proposals/{code}/publish", "new", {}),
    ("PUT /v1/proposals/{code}/picture", "park", png()),
    ("DELETE /v1/proposals/{code}/picture", "park", None),
    ("POST /v1/proposals/{code}/withdraw", "new", {}),
    ("POST /v1/proposals/{code}/pass-over", "tram", {}),
    ("POST /v1/proposals/{code}/choose", "park", {}),
    ("POST /v1/proposals/{code}/answer", "park", {"words": words("yes")}),
    ("POST /v1/proposals/{code}/commit", "park", {"plan": CODE, "number": 3}),
    ("POST /v1/ideas/{number}/read", "6", {}),
    ("POST /v1/ideas/{number}/publish", "6", {}),
    ("POST /v1/ideas/{number}/merge", "7", {"into": 6}),
    ("POST /v1/ideas/{number}/decline", "8", {"words": words("no")}),
    ("PUT /v1/plans", "", plan("other")),
    ("PUT /v1/plans/{code}/commitments", "other", {"number": 1, "title": words("water")}),
    ("PUT /v1/plans/{code}/commitments/{number}/milestones", f"{CODE} 3", {"number": 2, "title": words("a well")}),
    (
        "POST /v1/plans/{code}/commitments/{number}/assessments", f"{CODE} 3",
        {"operational": {"status": "blocked", "on": "2026-11-01"}},
    ),
    ("POST /v1/plans/{code}/commitments/{number}/updates", f"{CODE} 3", {"text": words("news")}),
    (
        "POST /v1/plans/{code}/commitments/{number}/milestones/{milestone}/ground", f"{CODE} 3 2",
        {"commune": COMMUNE, "question": words("is it there?"), "closes_at": "2030-01-01T10:00:00Z"},
    ),
    ("PUT /v1/plans/{code}/commitments.csv", CODE, f"/v1/plans/{CODE}/commitments.csv"),  # the exported file
    ("PUT /v1/campaigns/{campaign_id}", "1", NEWS),
    ("POST /v1/campaigns", "", NEWS),
    ("POST /v1/campaigns/{campaign_id}/test", "1", {"to": "+212600000011"}),
    ("POST /v1/campaigns/{campaign_id}/budget", "1", {"amount": None}),
    ("POST /v1/campaigns/{campaign_id}/{step}", "1 submit", {}),
    ("POST /v1/campaigns/{campaign_id}/proceed", "1", {}),
    ("POST /v1/consultations/{code}/invitation", "plan", None),
    ("POST /v1/meetings", "", "meeting"),
    ("POST /v1/meetings/{code}/seats", "tanger", {"seats": 50}),
    ("POST /v1/meetings/{code}/move", "tanger", "move"),
    ("POST /v1/meetings/{code}/cancel", "tanger", {}),
    ("POST /v1/meetings/{code}/attendance", "over", {"people": 12}),
    ("POST /v1/meetings/{code}/minutes", "over", words("said")),
    ("PUT /v1/messages/{language}/{name}", "fr hint.stop", {"forms": ["STOP : plus rien"]}),
    ("DELETE /v1/messages/{language}/{name}", "fr hint.stop", None),
    ("PUT /v1/rules/{name}", "approval_above", {"value": 7}),
    ("POST /v1/agents", "", {"name": "Association"}),
    ("POST /v1/agents/{number}/free", "1", {}),
    ("POST /v1/agents/{number}/void", "1", {"consultation": "plan"}),
    ("POST /v1/agents/{number}/end", "1", None),
    ("POST /v1/desk/{number}/assign", "1", {"province": "01.571"}),
    ("POST /v1/desk/{number}/answer", "1", {"text": "oui"}),
    ("POST /v1/desk/{number}/close", "1", {}),
    ("POST /v1/clock/confirm", "", {}),
    ("POST /v1/words/assign", "", {"code": "plan", "question": 1, "text": "rocade", "option": 3}),
    ("POST /v1/words/unassign", "", {"code": "plan", "question": 1, "text": "rocade"}),
    ("POST /v1/words/clear", "", {"replies": []}),
    ("POST /v1/residents/{number}/erase", "1", {}),
    ("POST /v1/staff", "", {"name": "idir", "permissions": ["editor"], "province": "01.571"}),
    ("POST /v1/staff/{name}/grant", "idir", {"permissions": ["moderate"]}),
    ("POST /v1/staff/{name}/revoke", "idir", {"permissions": ["moderate"]}),
    ("POST /v1/staff/{name}/reset", "idir", {}),
    ("POST /v1/staff/{name}/disable", "idir", None),
    ("POST /v1/tokens", "", {"name": "website", "permissions": ["write"]}),
    ("POST /v1/tokens/{number}/revoke", "1", None),
]  # fmt: skip


@cache
def writing() -> dict[str, Any]:
    """Every route of /v1 that writes, with its operation from the OpenAPI document."""
    routes = [route for router in ROUTERS for route in router.routes]
    paths = get_openapi(title="Sawt", version="1", routes=routes)["paths"]
    return {
        f"{method.upper()} {path}": operation
        for path, operations in paths.items()
        for method, operation in operations.items()
        if method != "get"
    }


def test_every_route_that_writes_is_tried() -> None:
    tried = [route for route, _, _ in ACTS]
    assert {*tried} | READS | ELSEWHERE == {*writing()}
    assert len(tried) == len({*tried})


async def test_every_route_that_writes_leaves_who_and_when(quiet_world: World) -> None:
    world = quiet_world
    await furnished(world)
    for place, (route, names, body) in enumerate(ACTS):
        world.now.advance(seconds=1)
        who = f"actor {place}"
        started = world.now()
        answer = await acted(world, route, names, body, who=who)
        assert answer.status_code < 300, (route, answer.text)
        assert any(started <= moment <= world.now() for moment in await recorded(world, who)), route


async def test_nobody_acts_without_a_name(quiet_world: World) -> None:
    for route, names, body in ACTS:
        answer = await acted(quiet_world, route, names, body if isinstance(body, bytes) else {}, who="")
        assert answer.status_code == 422, (route, answer.text)


async def test_what_the_clock_opens_and_closes_is_the_clocks_act(quiet_world: World) -> None:
    now = quiet_world.now
    times = {"opens_at": now.later(hours=1).isoformat(), "closes_at": now.later(hours=2).isoformat()}
    fields = {**main_consultation(), "code": "later", **times}
    assert (await call(quiet_world, "POST", "/v1/consultations", json=fields)).status_code == 201
    opens, closes = now.later(hours=1.5), now.later(hours=2.5)
    async with quiet_world.db.transaction() as session:
        assert await open_due(session, now=opens) == 1
        assert len(await close_due(session, now=closes)) == 1
        closed, opened, created = (await listed(session, subject="consultation later")).items
    assert (closed.who, closed.act, closed.at) == (CLOCK, "consultation closed", closes)
    assert (opened.who, opened.act, opened.at) == (CLOCK, "consultation opened", opens)
    assert (created.who, created.act) == ("amina", "consultation created")


async def test_what_only_a_command_does_is_recorded(quiet_world: World) -> None:
    async with quiet_world.db.transaction() as session:
        await lanes.enter(session, "r" * 40, per_second=1, now=quiet_world.now())
        await lanes.resume(session, "r" * 40, who="amina", now=quiet_world.now())
        [act] = (await listed(session, PageRequest(limit=1))).items
    assert (act.who, act.act) == ("amina", "lane resumed")


@pytest.mark.parametrize("line", sorted(WRITING - OPERATORS))
def test_a_command_on_the_machine_asks_who_and_others_go_by_who_signed_in(line: str) -> None:
    assert _takes_who(line) is (True if line in LOCAL else None)


def _takes_who(line: str) -> bool | None:
    """Whether a command requires `--as`; None if it does not have it."""
    command = Commands.load(line.split()[0])
    for word in line.split()[1:]:
        command = command.commands[word]
    [required] = [each.required for each in command.params if "--as" in each.opts] or [None]
    return required


async def furnished(world: World) -> None:
    """Create data for every route: ideas 1 to 4 are proposals, 5 to 8 wait for a moderator."""
    author, other, third = [await resident(world) for _ in range(3)]  # a person may send three ideas a day
    await published(world, "park", "tram", author=author)
    await published(world, "well", "bus", author=other)
    for place in range(4):
        number = await idea(world, author if place == 0 else third if place < 3 else other, f"des arbres {place}")
    await post(world, f"ideas/{number - 3}/read")
    await add_plan(world)
    await make(world, NEWS)
    await letter(world, author)
    await planned(world, "over", days=1)
    world.now.advance(days=2)
    async with world.db.transaction() as session:
        agent = {"name": "Amal", "code_hash": b"1", "daily": 30, "made_at": world.now(), "made_by": "amina"}
        session.add(Agent(**agent, phone=b"a phone"))
        session.add(ClockHold(process="one", at=world.now(), ahead=90))


async def acted(world: World, route: str, names: str, body: Any, *, who: str) -> httpx.Response:
    """Call the route as this actor."""
    method, path = route.split()
    for name in names.split():
        path = re.sub(r"{\w+}", name, path, count=1)
    if body == "meeting":
        body = meeting(world)
    elif body == "move":
        body = {name: meeting(world, days=9)[name] for name in ("starts_at", "ends_at")}
    if isinstance(body, str):
        body = (await call(world, "GET", body)).content
    options = {"content": body} if isinstance(body, bytes) else {"json": body}
    return await call(world, method, path, who=who, **options)


async def recorded(world: World, who: str) -> set[datetime]:
    """The times of this actor's acts in the record."""
    async with world.db.viewing() as session:
        return {*await session.scalars(select(Act.at).where(Act.who == who))}
