"""API tokens, the shared token of before, and the name that an act is recorded under."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.audit import Act
from api.staff import acts
from api.staff.models import ApiToken
from api.staff.schemas import TokenIn
from tests.accounts.office import HOST, enter, make
from tests.api.office import draft
from tests.world import API_TOKEN, World

CONSULTATIONS = "/v1/consultations"


async def token(world: World, *permissions: str, days: int = 90, province: str | None = None) -> str:
    """A token's value."""
    async with world.db.transaction() as session:
        given = TokenIn(name="website", permissions=[*permissions], province=province, days=days)
        return (await acts.make_token(session, given, who="amina", now=world.now()))[1]


async def create(http: httpx.AsyncClient, given: str | None, **headers: str) -> httpx.Response:
    """Create a draft, with a token."""
    carried = {"Authorization": f"Bearer {given}"} if given else {}
    return await http.post(CONSULTATIONS, json=draft(), headers={**carried, **headers})


async def actor(world: World) -> str:
    """Who did what was done last."""
    async with world.db.transaction() as session:
        return (await session.scalars(select(Act.who).order_by(Act.seq.desc()))).first() or ""


async def test_an_act_is_that_of_the_credential(quiet_world: World, http: httpx.AsyncClient) -> None:
    value = await token(quiet_world, "write")
    assert (await create(http, value)).status_code == 201
    assert await actor(quiet_world) == "website"
    assert (await create(http, value, **{"X-Actor": "Website"})).status_code == 201
    for other in ("amina", "", " "):
        refused = await create(http, value, **{"X-Actor": other})
        assert refused.status_code == 403
        assert "X-Actor names someone else" in refused.json()["detail"]


async def test_somebody_who_is_signed_in_acts_under_their_name(quiet_world: World, http: httpx.AsyncClient) -> None:
    await enter(quiet_world, await make(quiet_world, "Fátima", "editor", http=http))
    for headers in ({"Origin": HOST}, {"Sec-Fetch-Site": "same-origin"}):
        assert (await create(http, None, **headers)).status_code == 201
        assert await actor(quiet_world) == "Fátima"
    assert (await create(http, None, Origin=HOST, **{"X-Actor": "idir"})).status_code == 403


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_v3_5_1_a_session_acts_from_our_own_pages_alone(
    quiet_world: World, http: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    await enter(quiet_world, await make(quiet_world, "amina", "editor", http=http))
    before = await actor(quiet_world)
    answer = await create(http, None, **headers)
    assert answer.status_code == 403
    assert await actor(quiet_world) == before


@pytest.mark.parametrize(("site", "status"), [("cross-site", 403), ("same-site", 403), ("none", 404)])
async def test_v3_5_3_no_link_elsewhere_has_somebody_open_a_record(
    quiet_world: World, http: httpx.AsyncClient, site: str, status: int
) -> None:
    """Who opens a resident's record is recorded: so it is an act."""
    await enter(quiet_world, await make(quiet_world, "amina", "desk_officer", http=http))
    answer = await http.get("/v1/residents/5", headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate"})
    assert answer.status_code == status, answer.text


async def test_v3_4_4_what_v1_answers_is_taken_for_nothing_else(http: httpx.AsyncClient) -> None:
    """v14.3.2 too: nobody keeps it."""
    for path in (CONSULTATIONS, "/v1/nothing"):
        said = (await http.get(path)).headers
        assert (said["X-Content-Type-Options"], said["Cache-Control"]) == ("nosniff", "no-store")


async def test_the_shared_token_still_does_all_under_the_name_that_is_said(
    quiet_world: World, http: httpx.AsyncClient
) -> None:
    assert (await create(http, API_TOKEN, **{"X-Actor": "amina"})).status_code == 201
    assert await actor(quiet_world) == "amina"
    assert (await create(http, API_TOKEN)).status_code == 422


async def test_v14_a_token_is_kept_as_a_hash_and_shows_the_hour_of_its_use(
    quiet_world: World, http: httpx.AsyncClient
) -> None:
    value = await token(quiet_world, "write")
    assert (await create(http, value)).status_code == 201
    async with quiet_world.db.transaction() as session:
        kept = (await session.scalars(select(ApiToken))).one()
    assert value.encode() not in kept.token_hash
    assert kept.used_at is not None
    assert kept.used_at == quiet_world.now().replace(minute=0, second=0, microsecond=0)


@pytest.mark.parametrize("why", ["expired", "revoked", "unknown"])
async def test_a_token_that_ended_lets_nobody_in_and_says_why(
    quiet_world: World, http: httpx.AsyncClient, why: str
) -> None:
    value = await token(quiet_world, "write", days=1)
    if why == "expired":
        quiet_world.now.advance(days=1)
    elif why == "revoked":
        async with quiet_world.db.transaction() as session:
            await acts.revoke_token(session, 1, who="amina", now=quiet_world.now())
    else:
        value += "x"
    before = await actor(quiet_world)
    answer = await create(http, value)
    assert answer.status_code == 401
    words = {"expired": "has expired", "revoked": "was revoked", "unknown": "the bearer token is wrong"}
    assert words[why] in answer.json()["detail"]
    assert await actor(quiet_world) == before


@pytest.mark.parametrize("permission", ["approve", "manage_staff", "see_numbers", "administrator"])
async def test_what_only_a_person_may_do_no_token_can(
    quiet_world: World, http: httpx.AsyncClient, permission: str
) -> None:
    given: dict[str, Any] = {"name": "web", "permissions": [permission]}
    headers = {"Authorization": f"Bearer {API_TOKEN}", "X-Actor": "amina"}
    answer = await http.post("/v1/tokens", json=given, headers=headers)
    assert answer.status_code == 422
    assert "only a person can" in answer.text


async def test_v8_2_1_nobody_gives_a_token_what_they_have_not(quiet_world: World, http: httpx.AsyncClient) -> None:
    await enter(quiet_world, await make(quiet_world, "amina", "administrator", http=http))
    given: dict[str, Any] = {"name": "web", "permissions": ["write"]}
    answer = await http.post("/v1/tokens", json=given, headers={"Origin": HOST})
    assert answer.status_code == 403
    assert "the right write" in answer.json()["detail"]
    given["permissions"] = ["manage_settings"]
    answer = await http.post("/v1/tokens", json=given, headers={"Origin": HOST})
    assert answer.status_code == 201
    assert answer.json()["token"].startswith("sawt_")
    again = await http.post("/v1/tokens", json=given | {"name": "WEB"}, headers={"Origin": HOST})
    assert again.status_code == 409
    lasts = timedelta(days=90)
    assert answer.json()["expires_at"][:10] == f"{quiet_world.now() + lasts:%Y-%m-%d}"
