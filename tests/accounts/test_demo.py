"""The demonstration's accounts, and what doctor says of who can sign in."""

from __future__ import annotations

import httpx
import pytest
from pydantic import SecretStr

from api.settings import Settings
from sawt.demo import staff
from sawt.doctor.staff_checks import check_shared_token, check_staff
from tests.accounts.office import Person, make, sign_in
from tests.world import KEYRING, KEYS, World


@pytest.fixture
async def loaded(quiet_world: World) -> World:
    """A world with the accounts of the demonstration."""
    for _ in range(2):  # they are there once
        async with quiet_world.db.transaction() as session:
            await staff.load(session, keyring=KEYRING, now=quiet_world.now())
    return quiet_world


async def test_each_account_signs_in_and_sees_what_is_its_own(loaded: World, http: httpx.AsyncClient) -> None:
    known = list(staff.people(KEYRING))
    assert [each.name for each in known] == ["author", "approver", "tetouan"]
    for number, each in enumerate(known, start=1):
        person = Person(each.name, each.secret, [], number, http)
        answer = await sign_in(loaded, person, password=each.password)
        assert answer.status_code == 303, answer.text
        http.cookies.clear()


async def test_what_the_demonstration_says(loaded: World) -> None:
    said = "\n".join(staff.lines("http://127.0.0.1:8000", KEYRING))
    for each in staff.people(KEYRING):
        assert f"{each.name} / {each.password}" in said
    staff.show_codes(loaded.service.app, KEYRING)
    page = await loaded.http.get(staff.CODES)
    assert page.status_code == 200
    assert page.text.count("<tr>") == 3


def settings_of(world: World, token: str) -> Settings:
    url = world.settings.database_url
    return Settings(_env_file=None, database_url=url, keys=SecretStr(KEYS), api_token=SecretStr(token))


async def test_doctor_warns_of_the_shared_token_and_of_one_who_manages_alone(
    quiet_world: World, http: httpx.AsyncClient
) -> None:
    found = {each.subject: each for each in await check_staff(settings_of(quiet_world, "x" * 24))}
    assert (found["SAWT_API_TOKEN"].ok, found["staff"].ok) == (None, None)
    assert "one more version" in found["SAWT_API_TOKEN"].words
    assert "sawt staff create" in found["staff"].words
    without = settings_of(quiet_world, "")
    assert [each.ok for each in check_shared_token(without)] == [False]
    await make(quiet_world, "amina", "administrator", http=http)
    found = {each.subject: each for each in await check_staff(without)}
    assert (found["SAWT_API_TOKEN"].ok, found["staff"].ok) == (True, None)
    assert "1 of 1 accounts can manage staff" in found["staff"].words
    await make(quiet_world, "idir", "administrator", http=http)
    found = {each.subject: each for each in await check_staff(without)}
    assert found["staff"].ok is True
