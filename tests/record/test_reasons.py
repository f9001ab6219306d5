"""Acts that undo or harm take a reason, which the record keeps; it contains no phone number."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from api import actors, audit
from api.audit import Act
from api.reasons import because
from api.v1 import ROUTERS
from api.web.staff_route import StaffRoute
from tests.accounts.test_every_route import named
from tests.api.office import call, created
from tests.api.test_every_act import ACTS, acted, furnished
from tests.campaigns.office import NEWS, make
from tests.world import World

WHY = "the commission asked for it on Monday"
TAKE_ONE = {
    "POST /agents/{number}/end", "POST /agents/{number}/void", "POST /campaigns/{campaign_id}/{step}",
    "POST /consultations/{code}/close", "POST /consultations/{code}/discard", "POST /proposals/{code}/withdraw",
    "POST /residents/merges/{number}/undo", "POST /residents/{number}/erase", "POST /staff/{name}/disable",
    "POST /staff/{name}/reset", "POST /staff/{name}/revoke", "POST /tokens/{number}/revoke",
}  # fmt: skip
ELSEWHERE = {"POST /residents/merges/{number}/undo"}  # needs two merged people: tests/linking


async def acts_of(world: World, who: str) -> list[Act]:
    async with world.db.viewing() as session:
        return list(await session.scalars(select(Act).where(Act.who == who).order_by(Act.seq)))


def test_every_act_that_undoes_takes_a_reason() -> None:
    routes = [each for router in ROUTERS for each in router.routes if isinstance(each, StaffRoute)]
    assert {named(each) for each in routes if each._takes_reason} == TAKE_ONE


async def test_the_reason_is_in_every_act_of_the_request(quiet_world: World) -> None:
    await furnished(quiet_world)
    tried = set()
    for place, (route, names, body) in enumerate(ACTS):
        quiet_world.now.advance(seconds=1)
        who, name = f"actor {place}", route.replace("/v1", "", 1)
        told = name in TAKE_ONE
        answer = await acted(
            quiet_world, route, names, {**(body or {}), "reason": f" {WHY} "} if told else body, who=who
        )
        assert answer.status_code < 300, (route, answer.text)
        found = [each.reason for each in await acts_of(quiet_world, who)]
        assert found != []
        assert {*found} == ({WHY} if told else {None}), route
        tried |= {name} if told else set()
    assert tried == TAKE_ONE - ELSEWHERE


async def test_what_the_service_does_meanwhile_has_no_reason(quiet_world: World) -> None:
    async with quiet_world.db.transaction() as session:
        with because(WHY):
            for who in (actors.CLOCK, "idir"):
                await audit.note(session, who=who, act="x", subject="x 1", now=quiet_world.now())
            await audit.note(session, who="idir", act="x", subject="x 1", now=quiet_world.now(), reason="its own")
        await audit.note(session, who="idir", act="x", subject="x 1", now=quiet_world.now())
    assert [each.reason for each in await acts_of(quiet_world, "idir")] == [WHY, "its own", None]
    assert [each.reason for each in await acts_of(quiet_world, actors.CLOCK)][-1] is None


@pytest.mark.parametrize(
    "reason", ["", "   ", "y" * 301, "call 06 00 00 00 77", "call +212600000077", "call ٠٦٠٠٠٠٠٠٧٧", 5, ["x"], {"a": 1}]
)
async def test_a_reason_that_cannot_be_kept_is_refused_and_nothing_is_done(quiet_world: World, reason: Any) -> None:
    code = await created(quiet_world)
    for path in (f"/v1/consultations/{code}/discard", "/v1/tokens/1/revoke", "/v1/proposals/x/withdraw"):
        answer = await call(quiet_world, "POST", path, json={"reason": reason}, who="idir")
        assert answer.status_code == 422, answer.text
        assert answer.json()["faults"][0]["field"].startswith("body.reason")
    assert (await call(quiet_world, "GET", f"/v1/consultations/{code}")).status_code == 200
    assert await acts_of(quiet_world, "idir") == []


async def test_a_body_stays_optional(quiet_world: World) -> None:
    for options in ({}, {"json": {}}, {"json": {"reason": None}}, {"content": b"", "headers": {"Content-Type": "x/y"}}):
        code = await created(quiet_world)
        answer = await call(quiet_world, "POST", f"/v1/consultations/{code}/discard", who="idir", **options)
        assert answer.status_code == 204, (options, answer.text)
    assert {each.reason for each in await acts_of(quiet_world, "idir")} == {None}


async def test_without_a_media_type_a_reason_is_not_lost(quiet_world: World) -> None:
    """It is refused, or kept."""
    code = await created(quiet_world)
    path, body = f"/v1/consultations/{code}/discard", b'{"reason": "asked"}'
    answer = await call(quiet_world, "POST", path, who="idir", content=body, headers={"Content-Type": "text/plain"})
    found = [each.reason for each in await acts_of(quiet_world, "idir")]
    assert (answer.status_code, found) in ((422, []), (204, ["asked"]))
    answer = await call(quiet_world, "POST", path, who="idir", content=body)
    found = [each.reason for each in await acts_of(quiet_world, "idir")]
    assert (answer.status_code, found) in ((422, []), (204, ["asked"]))


async def test_a_cancelled_meeting_keeps_the_words_that_people_were_told(quiet_world: World) -> None:
    await furnished(quiet_world)
    await acted(quiet_world, "POST /v1/meetings", "", "meeting", who="idir")
    words = {"ar": "مطر", "fr": "pluie", "zgh": "ⴰⵏⵥⴰⵔ"}
    answer = await acted(quiet_world, "POST /v1/meetings/{code}/cancel", "tanger", {"reason": words}, who="nora")
    assert answer.status_code == 200, answer.text
    assert {each.reason for each in await acts_of(quiet_world, "nora")} == {"pluie"}


async def test_a_campaign_is_cancelled_for_a_reason(quiet_world: World) -> None:
    await make(quiet_world, NEWS)
    answer = await call(quiet_world, "POST", "/v1/campaigns/1/cancel", json={"reason": WHY}, who="idir")
    assert answer.status_code == 200
    assert [(each.act, each.reason) for each in await acts_of(quiet_world, "idir")] == [("campaign cancel", WHY)]
