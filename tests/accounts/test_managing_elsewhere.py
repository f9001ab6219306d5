"""Whoever manages the staff of a province draws no account of elsewhere into it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import delete

from api.staff.models import Grant
from tests.accounts.office import Person, browser, make
from tests.accounts.test_managing import ONE, OTHER, admin, post
from tests.world import World


@pytest.fixture
async def local(quiet_world: World) -> AsyncIterator[Person]:
    """Somebody who manages the staff of ONE."""
    async with browser(quiet_world) as http:
        yield await admin(quiet_world, http, "local", province=ONE)


async def test_v8_2_2_an_account_whose_rights_were_taken_away_is_not_taken_over(
    quiet_world: World, local: Person, http: httpx.AsyncClient
) -> None:
    """By giving it a right of one's own province, and resetting it then: its name has a past."""
    gone = await make(quiet_world, "amina", "administrator", http=http)
    async with quiet_world.db.transaction() as session:
        await session.execute(delete(Grant).where(Grant.account_id == gone.account_id))
    granted = await post(local, "staff/amina/grant", permissions=["write"], province=ONE)
    assert granted.status_code == 403
    assert "for the whole Region" in granted.json()["detail"]
    assert (await post(local, "staff/amina/reset", factor=True)).status_code == 403


async def test_v8_2_2_a_right_given_from_elsewhere_keeps_no_manager_from_their_own_staff(
    quiet_world: World, local: Person, http: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    await make(quiet_world, "idir", "editor", province=OTHER, http=http)
    there = await admin(quiet_world, elsewhere, "there", province=OTHER)
    granted = await post(local, "staff/idir/grant", permissions=["write"], province=ONE)
    assert granted.status_code == 403
    assert (await post(there, "staff/idir/disable")).status_code == 200


@pytest.mark.parametrize("where", [{}, {"province": ONE}])
async def test_an_account_without_a_right_is_made_for_the_region_alone(local: Person, where: dict[str, str]) -> None:
    """Nobody in the province could list or disable it."""
    assert (await post(local, "staff", name="idir", **where)).status_code == 403
