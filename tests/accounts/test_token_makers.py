"""A token never holds more than whoever made it holds now."""

from __future__ import annotations

import httpx
import pytest

from api.security.rights import EVERYTHING, WHOLE_REGION, Permission, common
from tests.accounts.office import HOST, Person, enter, make
from tests.accounts.test_managing import post
from tests.accounts.test_tokens import CONSULTATIONS, create, token
from tests.meetings.planned import meeting
from tests.world import World

HERE, THERE = "01.571", "01.511"
WRITE, SEND = Permission.WRITE, Permission.SEND


@pytest.fixture
async def people(quiet_world: World, http: httpx.AsyncClient, elsewhere: httpx.AsyncClient) -> tuple[Person, Person]:
    amina = await enter(quiet_world, await make(quiet_world, "amina", *EVERYTHING, http=http))
    return amina, await enter(quiet_world, await make(quiet_world, "idir", "write", "manage_staff", http=elsewhere))


async def made(person: Person, *permissions: str, **more: str) -> str:
    answer = await post(person, "tokens", name="website", permissions=[*permissions], **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


async def test_v8_2_1_a_token_loses_what_its_maker_loses(quiet_world: World, people: tuple[Person, Person]) -> None:
    """And has it again with them: it is compared at each use."""
    amina, idir = people
    value = await made(idir, "write")
    bare = quiet_world.http
    for act, status in (("", 201), ("revoke", 403), ("grant", 201)):
        if act:
            assert (await post(amina, f"staff/idir/{act}", permissions=["write"])).status_code == 200
        assert (await create(bare, value, **{"X-Actor": "website"})).status_code == status, act
    rights = (await bare.get("/v1/session", headers={"Authorization": f"Bearer {value}"})).json()["rights"]
    assert [each["permission"] for each in rights] == ["write"]


async def test_v8_2_2_a_maker_of_one_province_leaves_a_token_of_one_province(
    quiet_world: World, people: tuple[Person, Person]
) -> None:
    amina, idir = people
    value = await made(idir, "write")
    assert (await post(amina, "staff/idir/grant", permissions=["write"], province=HERE)).status_code == 200
    assert (await post(amina, "staff/idir/revoke", permissions=["write"])).status_code == 200
    carried = {"Authorization": f"Bearer {value}", "X-Actor": "website"}
    for province, status in ((HERE, 201), (THERE, 403)):
        given = meeting(quiet_world, f"m{province[-3:]}", province=province)
        answer = await quiet_world.http.post("/v1/meetings", json=given, headers=carried)
        assert answer.status_code == status, answer.text
    assert (await create(quiet_world.http, value, **{"X-Actor": "website"})).status_code == 403


async def test_the_list_shows_what_a_token_holds_now(quiet_world: World, people: tuple[Person, Person]) -> None:
    amina, idir = people
    await made(idir, "write")
    assert (await post(amina, "staff/idir/revoke", permissions=["write"])).status_code == 200
    (shown,) = (await amina.http.get("/v1/tokens")).json()["items"]
    assert shown["rights"] == []


async def test_a_token_whose_maker_has_no_account_keeps_its_rights(quiet_world: World) -> None:
    """One made with the shared token, or on the machine, under a name alone."""
    value = await token(quiet_world, "write")
    assert (await create(quiet_world.http, value, **{"X-Actor": "website"})).status_code == 201


async def test_nobody_makes_a_token_for_an_account_that_holds_less(quiet_world: World, http: httpx.AsyncClient) -> None:
    """Neither on the machine nor with the shared token: it would not work."""
    await enter(quiet_world, await make(quiet_world, "amina", "manage_staff", http=http))
    carried = {"Authorization": f"Bearer {quiet_world.settings.api_token.get_secret_value()}", "X-Actor": "AMINA"}
    given = {"name": "website", "permissions": ["write"]}
    answer = await quiet_world.http.post("/v1/tokens", json=given, headers=carried)
    assert answer.status_code == 403, answer.text
    assert "the right write" in answer.json()["detail"]
    own = await http.post("/v1/tokens", json=given, headers={"Origin": HOST})
    assert own.status_code == 403
    assert (await http.get(CONSULTATIONS)).status_code == 200


@pytest.mark.parametrize(
    ("token_holds", "maker_holds", "both"),
    [
        ({WHOLE_REGION}, {WHOLE_REGION}, {WHOLE_REGION}), ({HERE}, {WHOLE_REGION}, {HERE}),
        ({WHOLE_REGION}, {HERE}, {HERE}), ({HERE, THERE}, {HERE}, {HERE}), ({HERE}, {THERE}, set()),
        ({WHOLE_REGION}, set(), set()), ({WHOLE_REGION, HERE}, {THERE}, {THERE}),
    ],
)  # fmt: skip
def test_what_two_hold_in_common(token_holds: set[str], maker_holds: set[str], both: set[str]) -> None:
    one, other = {WRITE: frozenset(token_holds)}, {WRITE: frozenset(maker_holds), SEND: frozenset({HERE})}
    assert common(one, other) == ({WRITE: frozenset(both)} if both else {})
    assert common(other, one) == common(one, other)
