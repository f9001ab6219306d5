"""Who is disabled has no way back, and who holds a stolen session has no endless tries."""

from __future__ import annotations

import httpx
from structlog.testing import capture_logs

from api.staff.back_off import ATTACK
from tests.accounts.office import HOST, browser, enter, make, submit
from tests.accounts.test_managing import admin, post
from tests.world import World


async def test_v7_4_2_no_token_made_by_who_is_disabled_lets_them_in(
    quiet_world: World, http: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    """Those of others stay."""
    idir = await admin(quiet_world, http, "idir")
    amina = await admin(quiet_world, elsewhere)
    values = {}
    for person in (idir, amina):
        answer = await post(person, "tokens", name=f"of {person.name}", permissions=["manage_settings"])
        values[person.name] = answer.json()["token"]
    async with browser(quiet_world) as third:
        await make(quiet_world, "tudert", "administrator", http=third)
        assert (await post(amina, "staff/idir/disable")).status_code == 200
        for name, status in (("idir", 401), ("amina", 200)):
            answer = await third.get("/v1/rules", headers={"Authorization": f"Bearer {values[name]}"})
            assert answer.status_code == status, answer.text


async def test_v6_3_1_a_session_with_too_many_wrong_codes_ends(quiet_world: World, http: httpx.AsyncClient) -> None:
    """From another network each time: whoever stole the cookie has no password."""
    amina = await enter(quiet_world, await make(quiet_world, "amina", "administrator", http=http))
    with capture_logs() as logged:  # v16.3.1
        for place in range(ATTACK):
            async with browser(quiet_world, f"198.51.100.{place}") as thief:
                thief.cookies = http.cookies
                answer = await submit(thief, "/console/confirm", code="12345")
                assert answer.status_code == 403
    assert [each["account"] for each in logged if each["event"] == "staff.not_confirmed"] == [amina.account_id] * ATTACK
    assert (await http.get("/v1/staff")).status_code == 401
    assert (await post(amina, "staff", name="idir")).status_code == 401


async def test_v6_4_3_a_stolen_session_does_not_become_the_account(quiet_world: World, http: httpx.AsyncClient) -> None:
    """By a link to set a new password and a new second factor, without the present ones."""
    amina = await admin(quiet_world, http)
    for name in ("amina", "AMINA"):
        answer = await post(amina, f"staff/{name}/reset", factor=True)
        assert answer.status_code == 403
        assert "you cannot reset your own account" in answer.json()["detail"]
    assert (await http.get("/v1/staff")).status_code == 200


async def test_no_name_splits_the_addresses_of_v1(quiet_world: World, http: httpx.AsyncClient) -> None:
    """An account that no address names could not be disabled there."""
    amina = await admin(quiet_world, http)
    refused = await post(amina, "staff", name="a/idir")
    assert refused.status_code == 422
    assert refused.json()["faults"][0]["field"] == "body.name"
    for name in ("x?y", "%2e%2e", "a..b", "c#d"):
        assert (await post(amina, "staff", name=name)).status_code == 201
        path = httpx.URL(HOST).copy_with(raw_path=b"/v1/staff/" + quoted(name) + b"/disable")
        answer = await http.post(path, json={}, headers={"Origin": HOST})
        assert answer.json()["name"] == name


def quoted(name: str) -> bytes:
    """A name as it stands in an address."""
    return "".join(f"%{each:02x}" for each in name.encode()).encode()
