"""Signing in at an OpenID provider: by the pages, against a provider at the wire."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import select

from api.audit import Act
from api.staff.models import StaffSession
from api.staff.ways.models import Identity
from api.staff.ways.offered import Ways
from api.staff.ways.oidc import Provider
from tests.accounts.issuer import CLIENT, ISSUER, SECRET, Issuer, rsa
from tests.accounts.office import COOKIE, HOST, PASSWORD, Person, browser, count, enter, field_of, make, submit
from tests.world import World

SIGN_IN, START, BACK = "/console/sign-in", "/console/sign-in/provider", "/console/sign-in/provider/back"
CODE, WAYS, LINK = "/console/sign-in/code", "/console/passkeys", "/console/passkeys/identities"
FAILED = "Essais échoués depuis votre connexion précédente"
WRONG = "Le nom, le mot de passe ou le code est incorrect."


def provide(world: World, *, trusted: bool = False) -> Issuer:
    """Have the service offer a provider."""
    issuer = Issuer(world.now)
    provider = Provider(
        ISSUER, CLIENT, SecretStr(SECRET), label="Annuaire", back=f"{HOST}{BACK}", trusted=trusted,
        transport=httpx.MockTransport(issuer),
    )  # fmt: skip
    world.service.app.state.ways = Ways(provider=provider)
    return issuer


@pytest.fixture
def issuer(quiet_world: World) -> Issuer:
    """A provider whose second factor does not count."""
    return provide(quiet_world)


def address_in(page: httpx.Response) -> str:
    """Where the link of a page leads to at the provider."""
    assert page.status_code == 200, page.text
    return ISSUER + page.text.partition(f'href="{ISSUER}')[2].partition('"')[0].replace("&amp;", "&")


async def linked(world: World, issuer: Issuer, http: httpx.AsyncClient, name: str = "amina") -> Person:
    """Somebody whose identity is linked by the pages, and who is signed out."""
    person = await enter(world, await make(world, name, http=http))
    answer = await http.get(BACK, params=issuer.authorize(address_in(await submit(http, LINK, page=WAYS))))
    assert (answer.status_code, "L&#39;identité a été liée." in answer.text) == (200, True), answer.text
    http.cookies.delete(COOKIE)
    return person


async def returned(http: httpx.AsyncClient, issuer: Issuer, **changed: str) -> httpx.Response:
    """Leave for the provider, prove who one is, and come back."""
    left = await http.get(START)
    assert left.status_code == 303, left.text
    return await http.get(BACK, params={**issuer.authorize(left.headers["Location"]), **changed})


async def test_v6_3_3_an_identity_and_a_code_of_the_app_sign_in(
    quiet_world: World, http: httpx.AsyncClient, issuer: Issuer
) -> None:
    """v10.5: the provider stands in for the password only; each step is an act in the record."""
    amina = await linked(quiet_world, issuer, http)
    answer = await returned(http, issuer)
    assert (answer.status_code, answer.headers["Location"]) == (303, CODE)
    assert COOKIE not in http.cookies
    quiet_world.now.advance(minutes=1)
    answer = await submit(http, CODE, code=amina.code(quiet_world.now()))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/sessions")
    assert (await http.get("/console/sessions")).status_code == 200
    async with quiet_world.db.transaction() as session:
        acts = [(each.who, each.act, each.about) for each in await session.scalars(select(Act).order_by(Act.seq))]
    assert acts[-2:] == [("amina", "identity linked", "identity 1"), ("amina", "signed in", "identity provider")]


@pytest.mark.parametrize(
    ("claims", "asked"),
    [
        ({"amr": ["pwd", "mfa"]}, False), ({"amr": ["otp"]}, False), ({"amr": ["hwk"]}, False), ({"acr": "phr"}, False),
        ({"amr": ["pwd"]}, True), ({}, True), ({"amr": []}, True), ({"acr": "0"}, True),
    ],
)  # fmt: skip
async def test_v6_8_4_a_second_factor_of_the_provider_counts_if_it_says_so(
    quiet_world: World, http: httpx.AsyncClient, claims: dict[str, Any], asked: bool
) -> None:
    issuer = provide(quiet_world, trusted=True)
    await linked(quiet_world, issuer, http)
    issuer.claims = claims
    answer = await returned(http, issuer)
    assert answer.headers["Location"] == (CODE if asked else "/console/sessions")
    assert (COOKIE in http.cookies) is not asked


async def test_v6_8_4_a_second_factor_counts_only_if_the_setting_says_so(
    quiet_world: World, http: httpx.AsyncClient, issuer: Issuer
) -> None:
    await linked(quiet_world, issuer, http)
    issuer.claims = {"amr": ["mfa"]}
    assert (await returned(http, issuer)).headers["Location"] == CODE


@pytest.mark.parametrize("seconds", [None, -700])
async def test_what_somebody_proved_long_ago_does_not_count(
    quiet_world: World, http: httpx.AsyncClient, seconds: int | None
) -> None:
    """A session begins with what counts as a fresh code."""
    issuer = provide(quiet_world, trusted=True)
    await linked(quiet_world, issuer, http)
    at = None if seconds is None else int(quiet_world.now().timestamp()) + seconds
    issuer.claims = {"amr": ["mfa"], "auth_time": at}
    await returned(http, issuer)
    assert COOKIE not in http.cookies


WRONG_TOKENS: dict[str, dict[str, Any]] = {
    "nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"claims": {"nonce": None}},
    "audience": {"claims": {"aud": "somebody-else"}},
    "no audience": {"claims": {"aud": None}},
    "audiences": {"claims": {"aud": [CLIENT, "somebody-else"], "azp": "somebody-else"}},
    "audience of a party": {"claims": {"aud": ["somebody-else"], "azp": CLIENT}},
    "issuer": {"claims": {"iss": "https://evil.example"}},
    "expired": {"claims": {"exp": 1}},
    "no expiry": {"claims": {"exp": None}},
    "no subject": {"claims": {"sub": None}},
    "empty subject": {"claims": {"sub": ""}},
    "long subject": {"claims": {"sub": "x" * 256}},
    "number": {"claims": {"sub": 7}},
    "alg none": {"header": {"alg": "none"}},
    "alg none of a key": {"header": {"alg": "none", "kid": "one"}},
    "public key as secret": {"header": {"alg": "HS256", "kid": "one"}},
    "unknown key": {"header": {"alg": "RS256", "kid": "two"}, "key": rsa("two")},
    "foreign key of a known name": {"key": rsa("two")},
    "nobody linked": {"subject": "somebody else"},
}


@pytest.mark.parametrize("wrong", WRONG_TOKENS.values(), ids=WRONG_TOKENS.keys())
async def test_v10_5_a_wrong_token_lets_nobody_in(
    quiet_world: World, http: httpx.AsyncClient, issuer: Issuer, wrong: dict[str, Any]
) -> None:
    """v10.5.1 to v10.5.4, v9.1: one sentence, as after any failed sign-in; and nothing is linked by it."""
    await linked(quiet_world, issuer, http)
    vars(issuer).update(wrong)
    answer = await returned(http, issuer)
    assert (answer.status_code, WRONG in answer.text) == (403, True)
    assert COOKIE not in http.cookies
    assert await count(quiet_world.db, StaffSession) == 1  # that of the linking


@pytest.mark.parametrize("wrong", [
    {"state": "another"}, {"state": ""}, {"state": "é"}, {"code": "another"}, {"code": ""},
    {"iss": "https://evil.example"},
])  # fmt: skip
async def test_v10_1_2_a_wrong_return_lets_nobody_in(
    quiet_world: World, http: httpx.AsyncClient, issuer: Issuer, wrong: dict[str, str]
) -> None:
    await linked(quiet_world, issuer, http)
    answer = await returned(http, issuer, **wrong)
    assert (answer.status_code, WRONG in answer.text) == (403, True)
    assert COOKIE not in http.cookies


async def test_v10_1_2_a_return_counts_once_and_in_the_browser_that_left(
    quiet_world: World, http: httpx.AsyncClient, issuer: Issuer
) -> None:
    await linked(quiet_world, issuer, http)
    left = await http.get(START)
    query = issuer.authorize(left.headers["Location"])
    async with browser(quiet_world, "198.51.100.9") as elsewhere:
        assert (await elsewhere.get(BACK, params=query)).status_code == 403
    challenge, asked = http.cookies[f"{COOKIE}-challenge"], issuer.codes[query["code"]]
    assert (await http.get(BACK, params=query)).status_code == 303
    http.cookies.set(f"{COOKIE}-challenge", challenge, domain="quiet.invalid")
    issuer.codes[query["code"]] = asked  # a provider that takes a code twice
    assert (await http.get(BACK, params=query)).status_code == 403
    quiet_world.now.advance(minutes=10)
    left = await http.get(START)
    query = issuer.authorize(left.headers["Location"])
    quiet_world.now.advance(minutes=10)
    assert (await http.get(BACK, params=query)).status_code == 403


async def test_v6_3_1_failed_returns_make_an_address_wait(
    quiet_world: World, http: httpx.AsyncClient, issuer: Issuer
) -> None:
    await http.get(START)
    statuses = [(await http.get(BACK, params={"code": "x", "state": "x"})).status_code for _ in range(7)]
    assert (statuses[:3], statuses[-1]) == ([403] * 3, 429)


async def test_a_page_of_another_site_makes_no_address_wait(
    quiet_world: World, http: httpx.AsyncClient, issuer: Issuer
) -> None:
    """It can have a browser ask for the way back, as a picture, but nothing was begun in that browser."""
    amina = await make(quiet_world, "amina", http=http)
    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"}
    for _ in range(25):
        quiet_world.now.advance(minutes=15)
        assert (await http.get(BACK, params={"code": "x", "state": "x"}, headers=foreign)).status_code == 403
    given = {"name": "amina", "password": PASSWORD, "code": amina.code(quiet_world.now())}
    assert (await submit(http, SIGN_IN, **given)).status_code == 303


async def test_v6_3_1_wrong_codes_count_at_the_account(
    quiet_world: World, http: httpx.AsyncClient, issuer: Issuer
) -> None:
    amina = await linked(quiet_world, issuer, http)
    await returned(http, issuer)
    statuses = [(await submit(http, CODE, code="000000")).status_code for _ in range(7)]
    assert (statuses[:3], statuses[-1]) == ([403] * 3, 429)
    quiet_world.now.advance(minutes=1)
    assert (await submit(http, CODE, code=amina.code(quiet_world.now()))).status_code == 303
    assert FAILED in (await http.get("/console/sessions")).text


async def test_a_code_alone_lets_nobody_in(quiet_world: World, http: httpx.AsyncClient, issuer: Issuer) -> None:
    """Without having been at the provider; or too late; or once the identity was removed."""
    amina = await linked(quiet_world, issuer, http)
    quiet_world.now.advance(minutes=1)
    http.cookies.delete(f"{COOKIE}-challenge")
    assert (await submit(http, CODE, code=amina.code(quiet_world.now()))).status_code == 403
    await http.get(START)  # a challenge for something else
    assert (await submit(http, CODE, code=amina.code(quiet_world.now()))).status_code == 403
    await returned(http, issuer)
    quiet_world.now.advance(minutes=10)
    assert (await submit(http, CODE, code=amina.code(quiet_world.now()))).status_code == 403
    await returned(http, issuer)
    async with quiet_world.db.transaction() as session:
        await session.delete(await session.get_one(Identity, 1))
    assert (await submit(http, CODE, code=amina.code(quiet_world.now()))).status_code == 403
    assert COOKIE not in http.cookies


async def test_an_identity_and_an_account_are_linked_once(
    quiet_world: World, http: httpx.AsyncClient, issuer: Issuer
) -> None:
    amina = await linked(quiet_world, issuer, http)
    await enter(quiet_world, amina)
    page = await http.get(WAYS)
    assert f'action="{LINK}?' not in page.text
    async with browser(quiet_world, "198.51.100.9") as other:
        await enter(quiet_world, await make(quiet_world, "idir", http=other))
        for subject, status in ((issuer.subject, 403), ("another", 200)):
            issuer.subject = subject
            query = issuer.authorize(address_in(await submit(other, LINK, page=WAYS)))
            assert (await other.get(BACK, params=query)).status_code == status
        assert (await submit(other, f"{LINK}/1/remove", page=WAYS)).status_code == 200  # not theirs
    assert await count(quiet_world.db, Identity) == 2
    assert (await submit(http, f"{LINK}/1/remove", page=WAYS)).status_code == 200
    assert await count(quiet_world.db, Identity) == 1


async def test_v7_5_1_linking_takes_a_fresh_code(quiet_world: World, http: httpx.AsyncClient, issuer: Issuer) -> None:
    await enter(quiet_world, await make(quiet_world, "amina", http=http))
    quiet_world.now.advance(minutes=5)
    query = issuer.authorize(address_in(await submit(http, LINK, page=WAYS)))
    shown = await http.get("/console/confirm")
    proof = {"proof": field_of(shown)}
    quiet_world.now.advance(minutes=6)
    assert (await http.post(LINK, data=proof)).status_code == 403
    assert (await http.post(f"{LINK}/1/remove", data=proof)).status_code == 403
    assert (await http.post(LINK, data={"proof": "x"})).status_code == 403
    assert (await http.get(BACK, params=query)).status_code == 403
    http.cookies.delete(COOKIE)
    answer = await http.get(BACK, params=query)
    assert answer.headers["Location"] == SIGN_IN
    assert await count(quiet_world.db, Identity) == 0


async def test_v10_1_2_a_return_for_linking_serves_who_asked_for_it(
    quiet_world: World, http: httpx.AsyncClient, issuer: Issuer
) -> None:
    await linked(quiet_world, issuer, http)
    idir = await enter(quiet_world, await make(quiet_world, "idir", http=http))
    query = issuer.authorize(address_in(await submit(idir.http, LINK, page=WAYS)))
    issuer.subject = "another"
    driss = await enter(quiet_world, await make(quiet_world, "driss", http=http))  # another account meanwhile
    assert (await driss.http.get(BACK, params=query)).status_code == 403
    assert await count(quiet_world.db, Identity) == 1


async def test_who_is_disabled_has_no_identity(quiet_world: World, http: httpx.AsyncClient, issuer: Issuer) -> None:
    await linked(quiet_world, issuer, http)
    async with browser(quiet_world, "198.51.100.9") as office:
        for name in ("idir", "driss"):
            await enter(quiet_world, await make(quiet_world, name, "administrator", http=office))
        assert (await office.post("/v1/staff/amina/disable", headers={"Origin": HOST})).status_code == 200
    assert await count(quiet_world.db, Identity) == 0
    assert (await returned(http, issuer)).status_code == 403


@pytest.mark.parametrize("document", [
    {"issuer": "https://evil.example"}, {"token_endpoint": "http://id.example/token"}, {"jwks_uri": None},
])  # fmt: skip
async def test_a_provider_that_cannot_be_used_lets_passwords_in(
    quiet_world: World, http: httpx.AsyncClient, issuer: Issuer, document: dict[str, Any]
) -> None:
    issuer.document = document
    answer = await http.get(START)
    assert (answer.status_code, 'name="password"' in answer.text) == (503, True)


async def test_a_provider_that_is_down_is_said_to_be(
    quiet_world: World, http: httpx.AsyncClient, issuer: Issuer
) -> None:
    issuer.down = True
    assert (await http.get(START)).status_code == 503
    issuer.down = False
    await linked(quiet_world, issuer, http)
    left = await http.get(START)
    query = issuer.authorize(left.headers["Location"])
    issuer.down = True
    assert (await http.get(BACK, params=query)).status_code == 503
    await enter(quiet_world, await make(quiet_world, "idir", http=http))
    assert (await submit(http, LINK, page=WAYS)).status_code == 200  # its document is known
    assert issuer.asked.count("/.well-known/openid-configuration") == 2


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_v3_5_another_site_does_not_begin_a_sign_in(
    quiet_world: World, http: httpx.AsyncClient, issuer: Issuer, site: str
) -> None:
    answer = await http.get(START, headers={"Sec-Fetch-Site": site})
    assert answer.headers["Location"] == SIGN_IN
    assert issuer.asked == []


async def test_v16_2_5_nothing_of_a_token_is_logged(
    quiet_world: World, http: httpx.AsyncClient, issuer: Issuer, capsys: pytest.CaptureFixture[str]
) -> None:
    await linked(quiet_world, issuer, http)
    issuer.subject = "somebody-secret"
    capsys.readouterr()
    await returned(http, issuer)
    logged = capsys.readouterr().out
    assert "staff.not_signed_in" in logged
    for secret in ("somebody-secret", SECRET, "code-", "eyJ"):
        assert secret not in logged


@pytest.mark.parametrize("language", ["ar", "fr"])
async def test_v3_4_pages_name_the_provider(
    quiet_world: World, http: httpx.AsyncClient, issuer: Issuer, language: str
) -> None:
    for path in (SIGN_IN, CODE):
        page = await http.get(path, params={"lang": language})
        assert "Annuaire" in page.text
        assert "<script" not in page.text
        assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    for path in (START, BACK, CODE, LINK):
        quiet_world.service.app.state.ways = Ways()
        assert (await http.get(path)).status_code in (404, 405)


async def test_v10_1_2_a_return_links_once(quiet_world: World, http: httpx.AsyncClient, issuer: Issuer) -> None:
    """Not again after the link was removed."""
    await enter(quiet_world, await make(quiet_world, "amina", http=http))
    query = issuer.authorize(address_in(await submit(http, LINK, page=WAYS)))
    challenge, asked = http.cookies[f"{COOKIE}-challenge"], issuer.codes[query["code"]]
    assert (await http.get(BACK, params=query)).status_code == 200
    assert (await submit(http, f"{LINK}/1/remove", page=WAYS)).status_code == 200
    http.cookies.set(f"{COOKIE}-challenge", challenge, domain="quiet.invalid")
    issuer.codes[query["code"]] = asked
    assert (await http.get(BACK, params=query)).status_code == 403
    assert await count(quiet_world.db, Identity) == 0
