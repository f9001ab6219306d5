"""Whoever resets a colleague is seen: by the colleague at their next sign-in, and by the others who manage staff."""

from __future__ import annotations

from html import unescape
from typing import Any

import httpx
import pytest

from api.staff import links, second_factor
from tests.accounts.office import PASSWORD, Person, browser, enter, make, sign_in
from tests.accounts.test_managing import post
from tests.world import KEYRING, World

HERE, THERE = "01.571", "01.511"
SESSIONS = "/console/sessions"


@pytest.fixture
async def amina(quiet_world: World, http: httpx.AsyncClient) -> Person:
    return await enter(quiet_world, await make(quiet_world, "amina", "administrator", http=http))


async def follow(world: World, person: Person, answer: httpx.Response) -> None:
    """Set a new password by the link of a reset."""
    world.now.advance(minutes=1)
    token = answer.json()["link"].rpartition("/")[2]
    hashed = await world.service.app.state.passwords.hash(PASSWORD)
    async with world.db.transaction() as session:
        code = second_factor.code_at(person.secret, world.now())
        given: dict[str, Any] = {"password_hash": hashed, "code": code, "keyring": KEYRING, "now": world.now()}
        assert await links.accept(session, token, **given) == []


async def told(person: Person) -> bool:
    page = await person.http.get(SESSIONS, params={"lang": "fr"})
    assert page.status_code == 200
    said = unescape(page.text)
    assert ("a réinitialisé" in said) is ("amina" in said)
    return "a réinitialisé" in said


async def test_the_owner_is_told_at_the_next_sign_in_and_for_a_week(
    quiet_world: World, amina: Person, elsewhere: httpx.AsyncClient
) -> None:
    idir = await make(quiet_world, "idir", "editor", http=elsewhere)
    assert (await sign_in(quiet_world, idir)).status_code == 303
    assert not await told(idir)
    answer = await post(amina, "staff/idir/reset", reason="a new telephone")
    assert answer.status_code == 200, answer.text
    reset_at = quiet_world.now()
    await follow(quiet_world, idir, answer)
    for days, expected in ((1, True), (1, True), (6, False)):  # the first, a second within the week, one after it
        quiet_world.now.advance(days=days)
        assert (await sign_in(quiet_world, idir)).status_code == 303
        assert await told(idir) is expected
    page = unescape((await elsewhere.get(SESSIONS, params={"lang": "ar"})).text)
    assert "amina" not in page
    assert f"{reset_at:%d/%m/%Y}" not in page


async def test_the_first_sign_in_is_told_however_late(
    quiet_world: World, amina: Person, elsewhere: httpx.AsyncClient
) -> None:
    idir = await make(quiet_world, "idir", "editor", http=elsewhere)
    await follow(quiet_world, idir, await post(amina, "staff/idir/reset"))
    quiet_world.now.advance(days=30)
    assert (await sign_in(quiet_world, idir)).status_code == 303
    assert await told(idir)
    assert f"{quiet_world.now():%Y}" in (await elsewhere.get(SESSIONS, params={"lang": "ar"})).text


async def resets(person: Person) -> list[Any]:
    answer = await person.http.get("/v1/overview")
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["resets"]
    return found


async def test_other_managers_see_the_resets_of_a_week(
    quiet_world: World, amina: Person, elsewhere: httpx.AsyncClient
) -> None:
    """Those of a province, of accounts with rights there; somebody who manages no staff sees none."""
    await make(quiet_world, "idir", "editor", province=HERE, http=elsewhere)
    await make(quiet_world, "nora", "editor", province=THERE, http=elsewhere)
    for name, body in (("idir", {"factor": True, "reason": "a lost telephone"}), ("nora", {})):
        assert (await post(amina, f"staff/{name}/reset", **body)).status_code == 200
    async with browser(quiet_world) as one, browser(quiet_world) as two, browser(quiet_world) as three:
        other = await enter(quiet_world, await make(quiet_world, "tudert", "manage_staff", http=one))
        here = await enter(quiet_world, await make(quiet_world, "here", "manage_staff", province=HERE, http=two))
        auditor = await enter(quiet_world, await make(quiet_world, "auditor", "auditor", http=three))
        found = await resets(other)
        assert [(each["name"], each["by"], each["factor"], each["reason"]) for each in found] == [
            ("nora", "amina", False, None), ("idir", "amina", True, "a lost telephone"),
        ]  # fmt: skip
        assert [each["name"] for each in await resets(here)] == ["idir"]
        assert await resets(auditor) == []
        quiet_world.now.advance(days=8)
        assert await resets(await enter(quiet_world, other)) == []
