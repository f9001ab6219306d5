"""Accounts and rights over /v1: who may give what to whom, and that two people always manage staff."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from typer.testing import CliRunner

from api.audit import Act
from api.staff.grants import too_few
from sawt.__main__ import cli
from tests.accounts.office import HOST, Person, browser, enter, make, submit
from tests.terminal import Terminal
from tests.world import KEYS, World

ONE, OTHER = "01.571", "01.511"
OURS = {"Origin": HOST}
WELCOME = "/console/welcome/"


async def post(person: Person, path: str, **given: Any) -> httpx.Response:
    """What their browser sends to /v1 from a page of ours."""
    return await person.http.post(f"/v1/{path}", json=given, headers=OURS)


async def admin(world: World, http: httpx.AsyncClient, name: str = "amina", **given: Any) -> Person:
    """Somebody who manages staff, and is signed in."""
    return await enter(world, await make(world, name, "administrator", http=http, **given))


async def rights(person: Person, name: str) -> list[tuple[str, str | None]]:
    """What an account may do, as lists show it."""
    rows = (await person.http.get("/v1/staff")).json()["items"]
    [row] = [each for each in rows if each["name"] == name]
    return [(each["permission"], each["province"]) for each in row["rights"]]


async def test_who_is_invited_has_what_was_given(quiet_world: World, http: httpx.AsyncClient) -> None:
    amina = await admin(quiet_world, http)
    answer = await post(amina, "staff", name="idir", permissions=["editor", "moderate"], province="Tétouan")
    assert answer.status_code == 201, answer.text
    assert answer.json()["link"].startswith("http://quiet.invalid/console/welcome/")
    held = [("moderate", ONE), ("publish", ONE), ("write", ONE)]
    assert await rights(amina, "idir") == held
    assert (await post(amina, "staff/idir/grant", permissions=["audit"])).status_code == 200
    assert await rights(amina, "idir") == [("audit", None), *held]
    assert (await post(amina, "staff/idir/revoke", permissions=["editor"], province=ONE)).status_code == 200
    assert await rights(amina, "IDIR".lower()) == [("audit", None), ("moderate", ONE)]
    async with quiet_world.db.transaction() as session:
        acts = list(await session.scalars(select(Act).where(Act.subject == "account 2").order_by(Act.seq)))
    assert [(each.who, each.act, each.about) for each in acts] == [
        ("amina", "account made", None), ("amina", "rights granted", f"moderate, publish, write in {ONE}"),
        ("amina", "rights granted", "audit in the whole Region"),
        ("amina", "rights revoked", f"publish, write in {ONE}"),
    ]  # fmt: skip


async def test_v8_2_2_nobody_gives_rights_to_themselves(quiet_world: World, http: httpx.AsyncClient) -> None:
    amina = await admin(quiet_world, http)
    answer = await post(amina, "staff/amina/grant", permissions=["approve"])
    assert answer.status_code == 403
    assert "you cannot grant rights to yourself" in answer.json()["detail"]
    assert ("approve", None) not in await rights(amina, "amina")


async def test_v8_3_who_manages_a_province_gives_rights_there_alone(
    quiet_world: World, http: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    amina = await admin(quiet_world, http)
    await make(quiet_world, "regional", "editor", http=http)
    local = await admin(quiet_world, elsewhere, "local", province=ONE)
    invited = {"name": "idir", "permissions": ["editor"]}
    assert (await post(local, "staff", **invited, province=OTHER)).status_code == 403
    assert (await post(local, "staff", **invited)).status_code == 403
    assert (await post(local, "staff", **invited, province=ONE)).status_code == 201
    for path in ("disable", "reset"):
        assert (await post(local, f"staff/regional/{path}")).status_code == 403
    assert (await post(local, "staff/regional/revoke", permissions=["editor"])).status_code == 403
    seen = [each["name"] for each in (await elsewhere.get("/v1/staff")).json()["items"]]
    assert seen == ["local", "idir"]
    assert len(await rights(amina, "regional")) == 2


async def test_v7_4_2_who_is_disabled_is_out_at_once(
    quiet_world: World, http: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    """v8.3.2: a right that is taken away is gone with the next request."""
    amina = await admin(quiet_world, http)
    idir = await enter(quiet_world, await make(quiet_world, "idir", "administrator", "audit", http=elsewhere))
    async with browser(quiet_world) as third:
        await make(quiet_world, "tudert", "administrator", http=third)
    assert (await elsewhere.get("/v1/tokens")).status_code == 200
    assert (await post(amina, "staff/idir/revoke", permissions=["manage_staff"])).status_code == 200
    refused = await elsewhere.get("/v1/tokens")
    assert refused.status_code == 403
    assert "manage_staff" in refused.json()["detail"]
    assert (await post(amina, "staff/idir/disable")).json()["state"] == "disabled"
    assert (await elsewhere.get("/v1/tokens")).status_code == 401
    assert idir.name == "idir"


async def test_v6_1_2_two_people_manage_staff_once_there_are_two(
    quiet_world: World, http: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    amina = await admin(quiet_world, http)
    alone = await post(amina, "staff/amina/disable")
    assert alone.status_code == 409
    await make(quiet_world, "idir", "administrator", http=elsewhere)
    for path, body in (("disable", {}), ("revoke", {"permissions": ["manage_staff"]})):
        for name in ("idir", "amina"):
            answer = await post(amina, f"staff/{name}/{path}", **body)
            assert answer.status_code == 409, answer.text
            assert "too few accounts would be left" in answer.json()["detail"]
    async with browser(quiet_world) as third:
        await make(quiet_world, "tudert", "administrator", http=third)
    assert (await post(amina, "staff/idir/disable")).status_code == 200
    assert (await post(amina, "staff/tudert/revoke", permissions=["manage_staff"])).status_code == 409


@given(st.integers(0, 5), st.integers(0, 5))
def test_no_step_leaves_fewer_than_two_managers(before: int, lost: int) -> None:
    after = max(0, before - lost)
    assert too_few(before, after) == (after < 2 and after < before)


async def test_managing_staff_takes_a_fresh_code(quiet_world: World, http: httpx.AsyncClient) -> None:
    amina = await admin(quiet_world, http)
    quiet_world.now.advance(minutes=11)
    refused = await post(amina, "staff", name="idir")
    assert refused.status_code == 403
    assert "/console/confirm" in refused.json()["detail"]
    assert (await http.get("/v1/staff")).status_code == 200  # to look takes none
    await submit(http, "/console/confirm", code=amina.code(quiet_world.now()))
    assert (await post(amina, "staff", name="idir")).status_code == 201


@pytest.mark.parametrize(
    ("path", "given", "said"),
    [
        ("staff", {"name": "idir", "permissions": ["king"]}, "no permission or role king"),
        ("staff", {"name": "clock"}, "reserved for the service"),
        ("staff", {"name": "idir", "province": "Atlantis"}, "no province Atlantis"),
        ("staff", {"name": "idir", "language": "zgh"}, "language"),
        ("staff", {"name": "idir", "role": "editor"}, "role"),
        ("staff/amina/grant", {"permissions": []}, "give at least one permission"),
        ("tokens", {"name": "web", "permissions": ["write"], "days": 0}, "days"),
        ("tokens", {"name": "web", "permissions": []}, "give at least one permission"),
    ],
)
async def test_what_is_not_well_formed_is_said(
    quiet_world: World, http: httpx.AsyncClient, path: str, given: dict[str, Any], said: str
) -> None:
    amina = await admin(quiet_world, http)
    answer = await post(amina, path, **given)
    assert answer.status_code == 422
    assert said in answer.text


async def test_nobody_of_that_name_is_said(quiet_world: World, http: httpx.AsyncClient) -> None:
    amina = await admin(quiet_world, http)
    for path in ("disable", "reset"):
        assert (await post(amina, f"staff/nobody/{path}")).status_code == 404


@pytest.fixture
def on_the_machine(quiet_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that need the database and the keys work on this world."""
    for name, value in {"DATABASE_URL": quiet_world.settings.database_url, "KEYS": KEYS, "PUBLIC_URL": HOST}.items():
        monkeypatch.setenv(f"SAWT_{name}", value)
    monkeypatch.setenv("COLUMNS", "300")


@pytest.mark.usefixtures("on_the_machine")
async def test_the_first_account_and_those_after_it_are_made_by_commands(terminal: Terminal) -> None:
    async def sawt(words: str) -> str:
        return (await terminal(*words.split())).output

    first = await asyncio.to_thread(CliRunner().invoke, cli, ["staff", "create", "amina", "--display-name", "Fatima"])
    assert f"{HOST}{WELCOME}" in first.output
    assert "invited" in await sawt("staff list")
    invited = await sawt("staff invite idir --role editor --province Tétouan")
    assert WELCOME in invited
    assert "01.571 Tétouan" in await sawt("staff list")
    assert "moderate" in await sawt("staff grant idir moderate")
    refused = await terminal.refused("staff", "grant", "amina", "audit")
    assert "you cannot grant rights to yourself" in refused
    await sawt("staff revoke idir moderate")
    assert WELCOME in await sawt("staff reset idir")
    assert "pass --yes" in await terminal.refused("staff", "disable", "idir")
    await sawt("staff disable idir --yes")
    assert "disabled" in await sawt("staff list")
    made = await sawt("tokens create website write --days 30")
    assert "sawt_" in made
    assert "website" in await sawt("tokens list")
    await sawt("tokens revoke 1")
    assert "revoked" in await sawt("tokens list")
    assert "only a person can" in await terminal.refused("tokens", "create", "other", "approve")
