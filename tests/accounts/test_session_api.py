"""Attacks on sessions over /v1: a request works with the session that it was accepted for, and with no other."""

from __future__ import annotations

from typing import Any

import pytest

from api.staff import sessions
from api.staff.models import StaffSession
from tests.accounts.office import COOKIE, HOST, browser, count, enter, make
from tests.world import World


@pytest.fixture
async def thief(quiet_world: World) -> Any:
    """Somebody with an account and a session, who knows the id of an administrator's session without a fresh code."""
    async with browser(quiet_world) as own, browser(quiet_world) as other:
        admin = await make(quiet_world, "amina", "administrator", http=other)
        await enter(quiet_world, admin, fresh=False)
        stolen = sessions.PREFIX + str(other.cookies.get(COOKIE))
        person = await enter(quiet_world, await make(quiet_world, "idir", "moderator", http=own))
        quiet_world.now.advance(minutes=1)
        yield person, stolen


async def test_nobody_confirms_a_stolen_session_with_a_code_of_their_own(quiet_world: World, thief: Any) -> None:
    person, stolen = thief
    headers = {"Authorization": f"Basic {stolen}", "Origin": HOST}  # the cookie counts: this is no bearer token
    data = {"code": person.code(quiet_world.now())}
    answer = await person.http.post("/v1/session/confirm", json=data, headers=headers)
    assert answer.status_code == 204
    shown = await quiet_world.http.get("/v1/session", headers={"Authorization": f"Bearer {stolen}"})
    assert (shown.json()["name"], shown.json()["fresh"]) == ("amina", False)


async def test_a_session_ends_itself_only(quiet_world: World, thief: Any) -> None:
    person, stolen = thief
    headers = {"Authorization": f"Basic {stolen}", "Origin": HOST}
    assert (await person.http.delete("/v1/session", headers=headers)).status_code == 204
    assert await count(quiet_world.db, StaffSession) == 1
    assert (await person.http.get("/v1/session")).status_code == 401
