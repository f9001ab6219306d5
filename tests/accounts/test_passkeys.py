"""Passkeys, by the pages and with an authenticator in software: sign in, confirm, and everything that is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from api.audit import Act
from api.staff import retention
from api.staff.models import StaffSession
from api.staff.ways.models import Passkey, SpentChallenge
from api.staff.ways.passkey_sign_in import copied
from api.staff.ways.passkeys import MOST
from tests.accounts.authenticator import PRESENT, Authenticator
from tests.accounts.office import COOKIE, HOST, Person, browser, count, enter, field_of, make, submit
from tests.world import World, quiet

SIGN_IN, CONFIRM, WAYS = "/console/sign-in", "/console/confirm", "/console/passkeys"
WRONG = "La clé d'accès n'a pas été acceptée."


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """A world whose staff may use passkeys."""
    async with quiet(database_url, passkeys=True, public_url=HOST) as created:
        yield created


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx.AsyncClient]:
    """A browser."""
    async with browser(world) as found:
        yield found


async def asked(http: httpx.AsyncClient, path: str, page: str) -> dict[str, Any]:
    """The options that the script of a page fetches."""
    answer = await submit(http, f"{path}/options", page=page)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def add(person: Person, device: Authenticator, name: str = "Téléphone", **changed: Any) -> httpx.Response:
    """Add a passkey on the page, as its script does."""
    answer = device.create(await asked(person.http, WAYS, WAYS), **changed)
    return await submit(person.http, WAYS, name=name, answer=answer)


async def use(http: httpx.AsyncClient, device: Authenticator, page: str = SIGN_IN, **changed: Any) -> httpx.Response:
    """Use a passkey on the page to sign in or to confirm, as its script does."""
    options = await asked(http, f"{page}/passkey", page)
    return await submit(http, f"{page}/passkey", page=page, answer=device.get(options, **changed))


async def owner(world: World, http: httpx.AsyncClient, name: str = "amina") -> tuple[Person, Authenticator]:
    """Somebody signed in with a passkey of their own."""
    person, device = await enter(world, await make(world, name, http=http)), Authenticator()
    assert (await add(person, device)).status_code == 200
    return person, device


async def signed_out(person: Person) -> None:
    """Let their browser forget the session."""
    person.http.cookies.delete(COOKIE)


async def acts(world: World) -> list[tuple[str, str, str | None]]:
    """The acts in the record: who, what, about what."""
    async with world.db.transaction() as session:
        rows = await session.scalars(select(Act).order_by(Act.seq))
        return [(each.who, each.act, each.about) for each in rows]


async def test_v6_3_3_a_passkey_signs_in_alone(world: World, http: httpx.AsyncClient) -> None:
    """v6.5: two factors in one, as the authenticator verified the person; fresh, and an act in the record."""
    amina, device = await owner(world, http)
    await signed_out(amina)
    options = await asked(http, f"{SIGN_IN}/passkey", SIGN_IN)
    assert (options["rpId"], options["userVerification"], options["allowCredentials"]) == (
        "quiet.invalid", "required", [],
    )  # fmt: skip
    answer = await submit(http, f"{SIGN_IN}/passkey", page=SIGN_IN, answer=device.get(options))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/sessions")
    principal = await world.service.app.state.context.authentication.session(http.cookies[COOKIE])
    assert (principal.name, principal.fresh) == ("amina", True)
    page = await http.get(WAYS)
    assert "Téléphone" in page.text
    assert (await acts(world))[-1] == ("amina", "signed in", "passkey")
    async with world.db.transaction() as session:
        kept = (await session.scalars(select(Passkey))).one()
    assert (kept.sign_count, kept.transports) == (1, ["usb"])
    assert kept.used_at is not None


async def test_options_ask_for_a_passkey_that_knows_its_owner(world: World, http: httpx.AsyncClient) -> None:
    """The handle of the user says nothing about them; what they have already is excluded."""
    amina, device = await owner(world, http)
    options = await asked(http, WAYS, WAYS)
    chosen = options["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    assert options["attestation"] == "none"
    assert options["rp"]["id"] == "quiet.invalid"
    assert [each["transports"] for each in options["excludeCredentials"]] == [["usb"]]
    assert str(amina.account_id).encode() != device.user
    assert len(device.user or b"") == 16


async def test_v7_5_3_a_passkey_confirms_as_a_code_does(world: World, http: httpx.AsyncClient) -> None:
    _, device = await owner(world, http)
    world.now.advance(minutes=11)
    assert (await use(http, device, CONFIRM)).status_code == 200
    principal = await world.service.app.state.context.authentication.session(http.cookies[COOKIE])
    assert principal.fresh


@pytest.mark.parametrize("minutes", [0, 11])
async def test_v7_5_1_ways_to_sign_in_change_after_a_fresh_code(
    world: World, http: httpx.AsyncClient, minutes: int
) -> None:
    """Adding and removing are acts in the record."""
    await owner(world, http)
    answer = Authenticator().create(await asked(http, WAYS, WAYS))
    shown = await http.get(WAYS)
    world.now.advance(minutes=minutes)
    fresh = minutes == 0
    proof = {"proof": field_of(shown)}
    added = await http.post(WAYS, data={**proof, "name": "Clé", "answer": answer})
    assert (added.status_code == 200) is fresh
    assert (await http.post(f"{WAYS}/options", data=proof)).status_code == (200 if fresh else 403)
    removed = await http.post(f"{WAYS}/1/remove", data=proof)
    assert (removed.status_code == 200) is fresh
    assert await count(world.db, Passkey) == 1  # the new one, or still the old one
    wanted = [("amina", "passkey added", "passkey 2"), ("amina", "passkey removed", "passkey 1")]
    assert ((await acts(world))[-2:] == wanted) is fresh


WRONGS: list[Callable[[Authenticator], dict[str, Any]]] = [
    lambda device: vars(device).update(origin="https://evil.example") or {},
    lambda device: vars(device).update(origin="http://quiet.invalid") or {},
    lambda device: vars(device).update(host="evil.example") or {},
    lambda device: vars(device).update(flags=PRESENT) or {},
    lambda device: vars(device).update(flags=0) or {},
    lambda device: {"clientDataJSON": ""},
    lambda device: {"clientDataJSON": 7},
]
KINDS = ["origin", "plain", "host", "not verified", "not present", "no data", "no text"]


@pytest.mark.parametrize("wrong", WRONGS, ids=KINDS)
async def test_v6_3_8_a_wrong_answer_adds_and_enters_nothing(
    world: World, http: httpx.AsyncClient, wrong: Callable[[Authenticator], dict[str, Any]]
) -> None:
    """One sentence, whatever is wrong."""
    amina, device = await owner(world, http)
    other = Authenticator()
    assert (await add(amina, other, **wrong(other))).status_code == 403
    assert await count(world.db, Passkey) == 1
    await signed_out(amina)
    changed = wrong(device)
    answer = await use(http, device, **changed)
    assert answer.status_code == 403
    assert WRONG in answer.text.replace("&#39;", "'")
    assert COOKIE not in http.cookies


async def test_a_foreign_signature_is_refused(world: World, http: httpx.AsyncClient) -> None:
    amina, device = await owner(world, http)
    await signed_out(amina)
    device.key = Authenticator().key
    assert (await use(http, device)).status_code == 403


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"id": "é"}', "[" * 9000, "x" * 20_000])
async def test_what_is_no_answer_is_refused(world: World, http: httpx.AsyncClient, text: str) -> None:
    await enter(world, await make(world, "amina", http=http))
    for path, page in ((f"{SIGN_IN}/passkey", SIGN_IN), (f"{CONFIRM}/passkey", CONFIRM), (WAYS, WAYS)):
        answer = await submit(http, path, page=page, answer=text, name="x")
        assert answer.status_code in (403, 422)
    assert await count(world.db, Passkey) == 0


async def test_v6_5_1_a_challenge_is_answered_once(world: World, http: httpx.AsyncClient) -> None:
    """Somebody who records an answer, with the cookie of its challenge, cannot use it again."""
    amina, device = await owner(world, http)
    await signed_out(amina)
    answer = device.get(await asked(http, f"{SIGN_IN}/passkey", SIGN_IN))
    challenge = http.cookies[f"{COOKIE}-challenge"]
    async with world.db.transaction() as session:
        await session.execute(update(Passkey).values(sign_count=0))
    assert (await submit(http, f"{SIGN_IN}/passkey", page=SIGN_IN, answer=answer)).status_code == 303
    async with world.db.transaction() as session:
        await session.execute(update(Passkey).values(sign_count=0))  # so that only the challenge refuses it
    await signed_out(amina)
    http.cookies.set(f"{COOKIE}-challenge", challenge, domain="quiet.invalid")
    assert (await submit(http, f"{SIGN_IN}/passkey", page=SIGN_IN, answer=answer)).status_code == 403
    assert await count(world.db, SpentChallenge) == 2  # of adding, and of the first sign-in


async def test_answered_challenges_are_kept_until_they_expire(world: World, http: httpx.AsyncClient) -> None:
    await owner(world, http)
    for minutes, left in ((9, 1), (2, 0)):
        world.now.advance(minutes=minutes)
        async with world.db.transaction() as session:
            await retention.expire(session, now=world.now())
        assert await count(world.db, SpentChallenge) == left


async def test_v6_5_5_a_challenge_lasts_for_ten_minutes_and_for_what_it_was_made(
    world: World, http: httpx.AsyncClient
) -> None:
    amina, device = await owner(world, http)
    late = device.get(await asked(http, f"{SIGN_IN}/passkey", SIGN_IN))
    confirming = device.get(await asked(http, f"{CONFIRM}/passkey", CONFIRM))
    await signed_out(amina)
    assert (await submit(http, f"{SIGN_IN}/passkey", page=SIGN_IN, answer=confirming)).status_code == 403
    assert (await submit(http, f"{SIGN_IN}/passkey", page=SIGN_IN, answer=late)).status_code == 403  # another cookie
    answer = device.get(await asked(http, f"{SIGN_IN}/passkey", SIGN_IN))
    world.now.advance(minutes=10)
    assert (await submit(http, f"{SIGN_IN}/passkey", page=SIGN_IN, answer=answer)).status_code == 403
    for cookie in ("", "AAAA", "x" * 200):
        world.now.advance(days=2)  # nobody waits
        http.cookies.set(f"{COOKIE}-challenge", cookie, domain="quiet.invalid")
        assert (await submit(http, f"{SIGN_IN}/passkey", page=SIGN_IN, answer=answer)).status_code == 403


@pytest.mark.parametrize(("after", "refused"), [(5, True), (4, True), (0, True), (6, False)])
async def test_a_copied_passkey_is_refused_and_logged(
    world: World, http: httpx.AsyncClient, capsys: pytest.CaptureFixture[str], after: int, refused: bool
) -> None:
    amina, device = await owner(world, http)
    async with world.db.transaction() as session:
        await session.execute(update(Passkey).values(sign_count=5))
    await signed_out(amina)
    device.count, device.counts = after, False
    capsys.readouterr()
    assert (await use(http, device)).status_code == (403 if refused else 303)
    assert ("staff.passkey_copied" in capsys.readouterr().out) is refused


@pytest.mark.parametrize(
    ("before", "after", "found"), [(0, 0, False), (0, 1, False), (1, 0, True), (1, 1, True), (2, 1, True)]
)
def test_a_count_that_does_not_grow_shows_a_copy(before: int, after: int, found: bool) -> None:
    assert copied(before, after) is found


async def test_v8_2_2_somebody_elses_passkey_confirms_nothing(world: World, http: httpx.AsyncClient) -> None:
    _, device = await owner(world, http)
    async with browser(world, "198.51.100.9") as other:
        idir, own = await owner(world, other, "idir")
        world.now.advance(minutes=11)
        assert (await use(other, device, CONFIRM)).status_code == 403
        assert (await use(other, own, CONFIRM)).status_code == 200
        assert (await submit(other, f"{WAYS}/1/remove", page=WAYS)).status_code == 200
        assert await count(world.db, Passkey) == 2
        await signed_out(idir)
        own.user = device.user
        assert (await use(other, own)).status_code == 403  # a handle of somebody else
        own.user = None
        assert (await use(other, own)).status_code == 403


async def test_a_known_passkey_is_not_added_again_nor_one_too_many(world: World, http: httpx.AsyncClient) -> None:
    amina, device = await owner(world, http)
    again = Authenticator(credential_id=device.credential_id)
    assert (await add(amina, again)).status_code == 403
    for _ in range(MOST - 1):
        assert (await add(amina, Authenticator())).status_code == 200
    assert (await add(amina, Authenticator())).status_code == 403
    assert await count(world.db, Passkey) == MOST


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "a\u202eb", "clock"])
async def test_a_name_that_nobody_can_read_is_refused(world: World, http: httpx.AsyncClient, name: str) -> None:
    amina = await enter(world, await make(world, "amina", http=http))
    assert (await add(amina, Authenticator(), name)).status_code == 403
    assert await count(world.db, Passkey) == 0


async def test_v6_3_1_failed_passkeys_make_an_address_wait(world: World, http: httpx.AsyncClient) -> None:
    """They count at the account like wrong passwords, so that its owner hears of them."""
    amina, device = await owner(world, http)
    await signed_out(amina)
    device.flags = PRESENT
    statuses = [(await use(http, device)).status_code for _ in range(7)]
    assert (statuses[:3], statuses[-1]) == ([403] * 3, 429)
    device.flags = Authenticator().flags
    async with browser(world, "198.51.100.9") as elsewhere:
        assert (await use(elsewhere, device)).status_code == 303
        assert "Essais échoués" in (await elsewhere.get("/console/sessions")).text
    unknown = Authenticator(user=b"x")
    async with browser(world, "203.0.113.5") as stranger:
        statuses = [(await use(stranger, unknown)).status_code for _ in range(7)]
    assert statuses[-1] == 429


async def test_v7_4_2_wrong_passkeys_end_the_session_at_last(world: World, http: httpx.AsyncClient) -> None:
    _, device = await owner(world, http)
    device.flags = PRESENT
    for _ in range(20):
        world.now.advance(minutes=16)
        async with world.db.transaction() as session:
            await session.execute(update(StaffSession).values(made_at=world.now(), seen_at=world.now()))
        await use(http, device, CONFIRM)
    assert (await http.get(CONFIRM)).status_code == 303


@pytest.mark.parametrize(("step", "given", "left"), [
    ("disable", {}, 0), ("reset", {"factor": True}, 0), ("reset", {"factor": False}, 1),
])  # fmt: skip
async def test_v7_4_2_who_is_disabled_or_gets_a_new_factor_has_no_passkey(
    world: World, http: httpx.AsyncClient, step: str, given: dict[str, bool], left: int
) -> None:
    _, device = await owner(world, http)
    async with browser(world, "198.51.100.9") as office:
        for name in ("idir", "driss"):
            await enter(world, await make(world, name, "administrator", http=office))
        answer = await office.post(f"/v1/staff/amina/{step}", json=given, headers={"Origin": HOST})
    assert answer.status_code in (200, 201), answer.text
    assert await count(world.db, Passkey) == left
    assert (await use(http, device)).status_code == (303 if left else 403)


@pytest.mark.parametrize("language", ["ar", "fr"])
async def test_v3_4_3_pages_with_passkeys_run_our_script_only(
    world: World, http: httpx.AsyncClient, language: str
) -> None:
    """Without it they work as before: what it needs is hidden."""
    await owner(world, http)
    for path in (SIGN_IN, CONFIRM, WAYS):
        page = await http.get(path, params={"lang": language})
        policy = page.headers["Content-Security-Policy"]
        assert "script-src 'self'; connect-src 'self'; default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.text.count("<script") == page.text.count('<script src="/console/passkeys.js" defer></script>') == 1
        forms = [each for each in page.text.split("<form")[1:] if "data-passkey" in each.partition(">")[0]]
        assert [each.partition(">")[0].endswith(" hidden") for each in forms] == [True]
    assert "script-src" not in (await http.get("/console/sessions")).headers["Content-Security-Policy"]
    script = await http.get("/console/passkeys.js")
    assert script.headers["Content-Type"].startswith("text/javascript")


async def test_without_the_setting_there_is_nothing_of_it(quiet_world: World) -> None:
    async with browser(quiet_world) as http:
        await enter(quiet_world, await make(quiet_world, "amina", http=http))
        assert "passkey" not in (await http.get(SIGN_IN)).text
        assert WAYS not in (await http.get("/console/sessions")).text
        for path in (f"{SIGN_IN}/passkey", f"{CONFIRM}/passkey", f"{WAYS}/options", WAYS):
            assert (await http.post(path, data={})).status_code == 404
        assert (await http.get(WAYS)).status_code == 404


async def test_v3_5_1_a_form_without_its_proof_does_nothing(world: World, http: httpx.AsyncClient) -> None:
    _, device = await owner(world, http)
    options = await asked(http, f"{SIGN_IN}/passkey", SIGN_IN)
    for path in (f"{SIGN_IN}/passkey", f"{CONFIRM}/passkey", WAYS, f"{WAYS}/1/remove", f"{WAYS}/options"):
        answer = await http.post(path, data={"proof": "x", "answer": device.get(options), "name": "y"})
        assert answer.status_code == 403, path
    assert await count(world.db, Passkey) == 1
    assert await count(world.db, StaffSession) == 1


async def test_nobody_reads_a_page_of_somebody_else(world: World, http: httpx.AsyncClient) -> None:
    for path in (WAYS, CONFIRM):
        assert (await http.get(path)).headers["Location"] == SIGN_IN
    for path in (WAYS, f"{WAYS}/1/remove", f"{CONFIRM}/passkey"):
        assert (await http.post(path, data={})).headers["Location"] == SIGN_IN
    assert (await http.post(f"{CONFIRM}/passkey/options", data={})).status_code == 403
