"""Waits after failed sign-ins: they grow, and nobody is shut out for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.security.networks import network_of
from api.staff.back_off import (
    ATTACK,
    FORGOTTEN,
    FREE,
    FREE_OF_ADDRESS,
    LONGEST,
    Failures,
    wait,
)
from tests.accounts.office import Person, make, sign_in
from tests.world import World

NOW = datetime(2026, 11, 29, 10, tzinfo=UTC)
NONE = Failures()


def failed(count: int, seconds: float = 0) -> Failures:
    return Failures(count, NOW - timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("pair", "address", "account", "seconds"),
    [
        (0, 0, 0, 0), (2, 2, 2, 0), (3, 3, 3, 1), (4, 4, 4, 2), (6, 6, 6, 8), (30, 30, 30, LONGEST),
        (0, 9, 0, 0), (0, 10, 0, 1), (0, 14, 0, 16), (0, 0, 10_000, 0), (1, 1, ATTACK - 1, 0), (1, 1, ATTACK, 1),
        (2, 2, ATTACK, 2),
    ],
)  # fmt: skip
def test_waits_grow_by_address(pair: int, address: int, account: int, seconds: int) -> None:
    assert wait(pair=failed(pair), address=failed(address), account=failed(account), now=NOW) == seconds


COUNTS = st.integers(0, 10**6)


@given(COUNTS)
def test_v6_1_1_an_address_that_has_not_failed_never_waits(account: int) -> None:
    """Whatever others do to an account: so its owner comes in from another address."""
    assert wait(pair=NONE, address=NONE, account=failed(account), now=NOW) == 0


@given(COUNTS, COUNTS, COUNTS, st.floats(0, FORGOTTEN.total_seconds()))
def test_no_wait_is_longer_than_a_quarter_of_an_hour(pair: int, address: int, account: int, since: float) -> None:
    found = wait(pair=failed(pair, since), address=failed(address, since), account=failed(account), now=NOW)
    assert 0 <= found <= max(0, LONGEST - int(since))


@given(COUNTS, COUNTS, COUNTS)
def test_a_wait_is_over_when_it_says(pair: int, address: int, account: int) -> None:
    before = {"pair": failed(pair), "address": failed(address), "account": failed(account)}
    assert wait(**before, now=NOW + timedelta(seconds=wait(**before, now=NOW))) == 0


@given(COUNTS, COUNTS)
def test_more_failures_never_wait_less(pair: int, more: int) -> None:
    one, two = (wait(pair=failed(each), address=NONE, account=NONE, now=NOW) for each in (pair, pair + more))
    assert one <= two


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("nothing", ""), ("", ""),
     ("::ffff:192.0.2.7", "192.0.2.7"), ("::ffff:198.51.100.9", "198.51.100.9"), ("fe80::1%eth0", "fe80::")],
)  # fmt: skip
def test_an_address_is_counted_with_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


async def guess(world: World, person: Person) -> int:
    return (await sign_in(world, person, password="a wrong password indeed")).status_code


async def test_v6_3_1_who_guesses_waits_and_the_owner_comes_in_from_elsewhere(
    quiet_world: World, http: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    amina = await make(quiet_world, "amina", http=elsewhere)
    guesser = Person("amina", amina.secret, [], amina.account_id, http)
    found = [await guess(quiet_world, guesser) for _ in range(FREE + 12)]
    assert found[:FREE] == [403] * FREE
    assert 429 in found
    answer = await sign_in(quiet_world, guesser)  # even with all of it right: from there it waits
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= LONGEST
    assert "Trop d" in answer.text
    assert (await sign_in(quiet_world, amina)).status_code == 303
    page = await elsewhere.get("/console/sessions")
    assert "Essais échoués" in page.text  # its owner is told


async def test_who_waits_is_not_told_whether_the_account_is_there(quiet_world: World, http: httpx.AsyncClient) -> None:
    nobody = Person("nobody", "A" * 32, [], 0, http)
    found = [await guess(quiet_world, nobody) for _ in range(FREE + 12)]
    assert (found[0], found[-1]) == (403, 429)


async def test_one_address_that_tries_many_names_waits(quiet_world: World, http: httpx.AsyncClient) -> None:
    tries = [
        (await sign_in(quiet_world, Person(f"name {place}", "A" * 32, [], 0, http))).status_code
        for place in range(FREE_OF_ADDRESS + 8)
    ]
    assert tries[:FREE_OF_ADDRESS] == [403] * FREE_OF_ADDRESS
    assert 429 in tries
