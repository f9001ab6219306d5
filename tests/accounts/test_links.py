"""One-time links: the first account, invitations, resets; and which passwords are taken."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from api.errors import Conflict
from api.staff import links, second_factor, service
from api.staff.models import Account, Credential, RecoveryCode, SignInLink
from api.staff.passwords import PasswordFault, common, fault_of, normalised
from tests.accounts.office import COOKIE, PASSWORD, Person, count, enter, field_of, make, sign_in, submit
from tests.world import KEYRING, World

WELCOME = "/console/welcome"


async def invited(world: World, name: str = "amina") -> str:
    """The token of somebody's invitation."""
    async with world.db.transaction() as session:
        _, token = await service.invite(session, name, who="tests", keyring=KEYRING, now=world.now())
    return token


async def follow(world: World, http: httpx.AsyncClient, token: str) -> str:
    """Follow a link; returns the secret that its page shows."""
    answer = await http.get(f"{WELCOME}/{token}")
    assert (answer.status_code, answer.headers["Location"]) == (303, WELCOME)
    async with world.db.transaction() as session:
        secret = (await links.usable_link(session, token, keyring=KEYRING, now=world.now())).secret
    page = await http.get(WELCOME)
    assert page.status_code == 200
    assert not secret or f">{secret}<" in page.text
    assert ("<svg" in page.text) is bool(secret)
    return secret


async def accept(
    world: World, http: httpx.AsyncClient, secret: str, *, password: str = PASSWORD, again: str | None = None
) -> httpx.Response:
    """Send the form behind a link."""
    code = second_factor.code_at(secret, world.now())
    return await submit(http, WELCOME, password=password, again=again if again is not None else password, code=code)


async def test_somebody_who_is_invited_signs_in(quiet_world: World, http: httpx.AsyncClient) -> None:
    token = await invited(quiet_world)
    secret = await follow(quiet_world, http, token)
    answer = await accept(quiet_world, http, secret)
    assert answer.status_code == 200
    shown = [line[len('<li><code dir="ltr">') :][:14] for line in answer.text.splitlines() if "<li><code" in line]
    assert len(set(shown)) == second_factor.CODES
    async with quiet_world.db.transaction() as session:
        account = await service.named(session, "amina")
        kept = {each.code_hash for each in await session.scalars(select(RecoveryCode))}
    assert all(each.replace("-", "").encode() not in kept for each in shown)
    amina = Person("amina", secret, shown, account.id, http)
    assert (await sign_in(quiet_world, amina)).status_code == 303
    assert (await http.get(f"{WELCOME}/{token}")).status_code == 303
    assert (await http.get(WELCOME)).status_code == 404  # the link is spent


async def test_v14_2_1_the_address_of_a_page_holds_no_secret(quiet_world: World, http: httpx.AsyncClient) -> None:
    token = await invited(quiet_world)
    await follow(quiet_world, http, token)
    page = await http.get(WELCOME)
    assert token not in page.text
    assert str(page.url).endswith(WELCOME)
    async with quiet_world.db.transaction() as session:
        kept = (await session.scalars(select(SignInLink))).one()
    assert token.encode() not in kept.token_hash


async def test_v6_4_1_an_invitation_lasts_two_days_and_following_it_spends_nothing(
    quiet_world: World, http: httpx.AsyncClient
) -> None:
    token = await invited(quiet_world)
    for _ in range(3):  # also by whoever looks at links before their reader does
        await follow(quiet_world, http, token)
    quiet_world.now.advance(days=2)
    assert (await http.get(WELCOME)).status_code == 404
    assert await count(quiet_world.db, Credential) == 0


@pytest.mark.parametrize(
    ("password", "again", "said"),
    [
        ("short", None, "trop court"), ("x" * 11, None, "trop court"), ("password1234", None, "trop courant"),
        (PASSWORD, "correct horse battery", "différents"), ("ab" * 129, None, "trop long"),
    ],
)  # fmt: skip
async def test_a_password_that_is_not_taken_is_told_and_the_link_stays(
    quiet_world: World, http: httpx.AsyncClient, password: str, again: str | None, said: str
) -> None:
    secret = await follow(quiet_world, http, await invited(quiet_world))
    answer = await accept(quiet_world, http, secret, password=password, again=again)
    assert answer.status_code == 422
    assert said in answer.text
    assert (await accept(quiet_world, http, secret)).status_code == 200


async def test_a_link_is_spent_by_five_wrong_codes(quiet_world: World, http: httpx.AsyncClient) -> None:
    await follow(quiet_world, http, await invited(quiet_world))
    given = {"password": PASSWORD, "again": PASSWORD, "code": "000000"}
    found = [(await submit(http, WELCOME, **given)).status_code for _ in range(5)]
    assert found == [422, 422, 422, 422, 404]


async def test_v6_4_3_a_reset_keeps_the_second_factor(quiet_world: World, http: httpx.AsyncClient) -> None:
    """v6.4.6 too: who resets never chooses the password. v7.4.2: sessions end."""
    amina = await enter(quiet_world, await make(quiet_world, "amina", http=http))
    async with quiet_world.db.transaction() as session:
        account = await service.named(session, "amina")
        token = await service.reset(session, account, who="idir", keyring=KEYRING, now=quiet_world.now())
    assert (await http.get("/console/sessions")).status_code == 303
    assert (await sign_in(quiet_world, amina)).status_code == 403  # the old password is gone
    assert await follow(quiet_world, http, token) == ""
    new = "another password of somebody"
    quiet_world.now.advance(minutes=1)
    answer = await accept(quiet_world, http, second_factor.new_secret(), password=new)
    assert answer.status_code == 422
    assert (await accept(quiet_world, http, amina.secret, password=new)).status_code == 200
    quiet_world.now.advance(days=1)
    assert (await sign_in(quiet_world, amina, password=new)).status_code == 303


async def test_who_lost_their_telephone_gets_a_new_factor(quiet_world: World, http: httpx.AsyncClient) -> None:
    amina = await make(quiet_world, "amina", http=http)
    async with quiet_world.db.transaction() as session:
        account = await service.named(session, "amina")
        given = {"who": "idir", "keyring": KEYRING, "now": quiet_world.now()}
        token = await service.reset(session, account, factor=True, **given)  # type: ignore[arg-type]
    secret = await follow(quiet_world, http, token)
    assert secret not in ("", amina.secret)
    assert (await accept(quiet_world, http, secret)).status_code == 200
    assert (await sign_in(quiet_world, amina)).status_code == 403
    quiet_world.now.advance(days=1)
    amina.secret = secret
    assert (await sign_in(quiet_world, amina)).status_code == 303


async def test_v6_3_2_there_is_no_account_before_the_first_is_made(quiet_world: World) -> None:
    assert await count(quiet_world.db, Account) == 0
    async with quiet_world.db.transaction() as session:
        account, _ = await service.create_first(session, "amina", keyring=KEYRING, now=quiet_world.now())
        [member] = (await service.listed(session)).items
    assert (member.account.id, member.accepted, len(member.grants)) == (account.id, False, 10)


async def test_the_first_account_is_made_once(quiet_world: World, http: httpx.AsyncClient) -> None:
    await make(quiet_world, "idir", http=http)
    with pytest.raises(Conflict, match="accounts already"):
        async with quiet_world.db.transaction() as session:
            await service.create_first(session, "amina", keyring=KEYRING, now=quiet_world.now())


@pytest.mark.parametrize("name", ["Amina", " AMINA", "amína"])
async def test_no_two_names_look_alike(quiet_world: World, http: httpx.AsyncClient, name: str) -> None:
    await make(quiet_world, "amina", http=http)
    with pytest.raises(Conflict, match="is taken"):
        await invited(quiet_world, name)


async def test_a_form_without_the_link_or_its_cookie_does_nothing(quiet_world: World, http: httpx.AsyncClient) -> None:
    secret = await follow(quiet_world, http, await invited(quiet_world))
    proof = field_of(await http.get(WELCOME))
    given = {"password": PASSWORD, "again": PASSWORD, "code": second_factor.code_at(secret, quiet_world.now())}
    http.cookies.delete(f"{COOKIE}-link")
    assert (await http.post(WELCOME, data={**given, "proof": proof})).status_code == 404
    assert await count(quiet_world.db, Credential) == 0


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("x" * 11, PasswordFault.TOO_SHORT), ("Azerty12345678", PasswordFault.COMMON),
        ("!!password!!2026", PasswordFault.COMMON), ("monkeymonkey", PasswordFault.COMMON),
        ("123456789012", PasswordFault.COMMON), ("aaaaaaaaaaaaaaa", PasswordFault.COMMON),
        ("qazwsxedcrfv", PasswordFault.COMMON),
        ("correct horse", None), ("كلمة سر طويلة", None), ("é" * 4 + "tang" * 2, None),
        ("n2m4 v8q1 z7p3 " * 4, None), ("q7 " + "w" * 253, None), ("q7 " + "w" * 254, PasswordFault.TOO_LONG),
    ],
)  # fmt: skip
def test_v6_2_which_passwords_are_taken(password: str, fault: PasswordFault | None) -> None:
    """v6.2.1, v6.2.4, v6.2.9, v6.2.10: length, common ones, at least 64 letters, no rule of letters and no end."""
    assert fault_of(normalised(password)) == fault


def test_the_list_of_common_passwords_is_long_enough() -> None:
    assert len(common()) >= 3000


async def test_one_password_is_one_however_a_keyboard_writes_it(quiet_world: World) -> None:
    passwords = quiet_world.service.app.state.passwords
    kept = await passwords.hash("mot de passé")
    assert await passwords.matches(kept, "mot de passé")
    assert not await passwords.matches(kept, "mot de passe")
    assert not await passwords.matches(None, "mot de passe")
    assert not await passwords.matches("no hash", "mot de passe")
    assert timedelta(days=2) == links.LASTS


async def test_v6_2_2_who_knows_their_password_changes_it(
    quiet_world: World, http: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    """v6.2.3: only with the present one. v7.4.3: every other session ends."""
    amina = await enter(quiet_world, await make(quiet_world, "amina", http=http))
    await enter(quiet_world, Person(amina.name, amina.secret, [], amina.account_id, elsewhere))
    new, path = "another password of somebody", "/console/password"
    for given, status in (
        ({"present": "a wrong password indeed", "password": new, "again": new}, 403),
        ({"present": PASSWORD, "password": "short", "again": "short"}, 422),
        ({"present": PASSWORD, "password": new, "again": new}, 200),
    ):
        assert (await submit(http, path, **given)).status_code == status
    assert (await http.get("/console/sessions")).status_code == 200
    assert (await elsewhere.get("/console/sessions")).status_code == 303
    assert (await sign_in(quiet_world, amina)).status_code == 403
    assert (await sign_in(quiet_world, amina, password=new)).status_code == 303
