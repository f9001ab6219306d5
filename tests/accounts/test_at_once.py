"""What happens at once: a code is taken once, no try is free, and two managers are left."""

from __future__ import annotations

import asyncio

import httpx

from api.background import cleanup
from api.errors import Conflict
from api.staff import back_off, grants, service, sign_in
from api.staff.back_off import FREE, MustWait
from api.staff.models import SignInFailure, SignInLink, StaffSession
from api.staff.sign_in import NotSignedIn, SignInForm
from tests.accounts.office import PASSWORD, Person, count, make
from tests.world import KEYRING, World

MANY = 8


async def enter(world: World, form: SignInForm) -> str:
    """How a try to sign in ends."""
    try:
        passwords = world.service.app.state.passwords
        await sign_in.sign_in(world.db, passwords, form, keyring=KEYRING, now=world.now())
    except (NotSignedIn, MustWait) as refused:
        return type(refused).__name__
    return "in"


def given_by(world: World, person: Person, *, address: str = "192.0.2.1", password: str = PASSWORD) -> SignInForm:
    return SignInForm(person.name, password, person.code(world.now()), address)


async def test_v6_5_1_one_code_lets_in_once_however_many_send_it(quiet_world: World, http: httpx.AsyncClient) -> None:
    amina = await make(quiet_world, "amina", http=http)
    quiet_world.now.advance(minutes=1)
    tries = [given_by(quiet_world, amina, address=f"192.0.2.{place}") for place in range(MANY)]
    found = await asyncio.gather(*(enter(quiet_world, each) for each in tries))
    assert found.count("in") == 1
    assert await count(quiet_world.db, StaffSession) == 1


async def test_v6_3_1_no_try_of_many_at_once_is_free(quiet_world: World, http: httpx.AsyncClient) -> None:
    amina = await make(quiet_world, "amina", http=http)
    quiet_world.now.advance(minutes=1)
    wrong = given_by(quiet_world, amina, password="a wrong password indeed")
    found = await asyncio.gather(*(enter(quiet_world, wrong) for _ in range(MANY)))
    assert found.count("NotSignedIn") == FREE
    assert found.count("MustWait") == MANY - FREE


async def test_two_managers_are_left_whoever_is_first(quiet_world: World, http: httpx.AsyncClient) -> None:
    people = [await make(quiet_world, name, "administrator", http=http) for name in ("amina", "idir", "tudert")]

    async def disable(person: Person, who: str) -> bool:
        try:
            async with quiet_world.db.transaction() as session:
                account = await service.named(session, person.name)
                await service.disable(session, account, who=who, now=quiet_world.now())
        except Conflict:
            return False
        return True

    found = await asyncio.gather(disable(people[0], "idir"), disable(people[1], "amina"), disable(people[2], "amina"))
    assert found.count(True) == 1
    async with quiet_world.db.transaction() as session:
        assert len(await grants.managers(session)) == grants.MANAGERS


async def test_tries_are_counted_by_keyed_hashes(quiet_world: World, http: httpx.AsyncClient) -> None:
    """No name and no address is kept of whoever tries."""
    attempt = back_off.Attempt.of("amina", "192.0.2.1", KEYRING)
    assert len({attempt.pair, attempt.address, attempt.account}) == 3
    assert all(b"amina" not in each and b"192" not in each for each in (attempt.pair, attempt.address, attempt.account))


async def test_what_has_served_is_deleted(quiet_world: World, http: httpx.AsyncClient) -> None:
    amina = await make(quiet_world, "amina", http=http)
    quiet_world.now.advance(minutes=1)
    assert await enter(quiet_world, given_by(quiet_world, amina)) == "in"
    assert await enter(quiet_world, given_by(quiet_world, amina, password="a wrong password indeed")) == "NotSignedIn"
    async with quiet_world.db.transaction() as session:
        await service.invite(session, "idir", who="tests", keyring=KEYRING, now=quiet_world.now())
    for minutes, left in ((1, 1), (2 * 24 * 60, 0)):
        quiet_world.now.advance(minutes=minutes)
        await cleanup.keep(quiet_world.db, quiet_world.service.means, now=quiet_world.now())
        found = [await count(quiet_world.db, table) for table in (StaffSession, SignInLink, SignInFailure)]
        assert [min(each, 1) for each in found] == [left] * 3
