"""Signing in, by the pages: the tests are named by the requirement of ASVS 5.0 that they hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.audit import Act
from api.staff import second_factor
from api.staff.models import Account, RecoveryCode, StaffSession
from api.staff.passwords import Passwords
from tests.accounts.office import COOKIE, PASSWORD, count, enter, field_of, make, sign_in, submit
from tests.world import World

WRONG = "Le nom, le mot de passe ou le code est incorrect."
SESSIONS = "/console/sessions"


async def test_somebody_signs_in_and_sees_their_session(quiet_world: World, http: httpx.AsyncClient) -> None:
    amina = await make(quiet_world, "amina", http=http)
    answer = await sign_in(quiet_world, amina)
    assert (answer.status_code, answer.headers["Location"]) == (303, SESSIONS)
    page = await http.get(SESSIONS)
    assert page.status_code == 200
    assert "192.0.2.0/24" in page.text
    assert "192.0.2.7" not in page.text
    async with quiet_world.db.transaction() as session:
        last = (await session.scalars(select(Act).order_by(Act.seq.desc()))).first()
    assert last is not None
    assert (last.who, last.act, last.subject) == ("amina", "signed in", f"account {amina.account_id}")


async def test_v6_3_8_same_answer_and_time(
    quiet_world: World, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong: one sentence, and a password is compared once."""
    amina = await make(quiet_world, "amina", http=http)
    disabled = await make(quiet_world, "idir", http=http)
    async with quiet_world.db.transaction() as session:
        (await session.get_one(Account, disabled.account_id)).disabled_at = quiet_world.now()
    compared: list[str | None] = []
    same = Passwords._same
    monkeypatch.setattr(Passwords, "_same", lambda self, *given: compared.append(given[0]) or same(self, *given))
    tries: list[dict[str, Any]] = [
        {"password": "another password entirely"}, {"code": "000000"}, {"name": "nobody"}, {"name": "idir"},
    ]  # fmt: skip
    pages = []
    for given in tries:
        quiet_world.now.advance(days=2)  # nobody waits
        answer = await sign_in(quiet_world, amina, **given)
        assert answer.status_code == 403
        pages.append(answer.text.replace(given.get("name", "amina"), "NAME").replace(field_of(answer), "PROOF"))
    assert len(set(pages)) == 1
    assert WRONG in pages[0]
    assert len(compared) == len(tries)
    assert all(each is not None and each.startswith("$argon2id$") for each in compared)


@pytest.mark.parametrize("name", ["AMINA", " amína ", "аmina"])
async def test_a_name_is_found_however_it_is_spelled(quiet_world: World, http: httpx.AsyncClient, name: str) -> None:
    amina = await make(quiet_world, "amina", http=http)
    assert (await sign_in(quiet_world, amina, name=name)).status_code == 303


async def test_v6_5_1_a_code_is_taken_once(quiet_world: World, http: httpx.AsyncClient) -> None:
    amina = await make(quiet_world, "amina", http=http)
    assert (await sign_in(quiet_world, amina)).status_code == 303
    again = {"name": "amina", "password": PASSWORD, "code": amina.code(quiet_world.now())}
    assert (await submit(http, "/console/sign-in", **again)).status_code == 403


async def test_v6_5_5_a_code_lasts_for_thirty_seconds_and_one_more_step(
    quiet_world: World, http: httpx.AsyncClient
) -> None:
    secret, now = second_factor.new_secret(), quiet_world.now().replace(second=0)
    near = [second_factor.code_at(secret, now + timedelta(seconds=each)) for each in (-30, 0, 30)]
    assert all(second_factor.step_of(secret, each, now=now) is not None for each in near)
    far = [second_factor.code_at(secret, now + timedelta(seconds=each)) for each in (-60, 60, 3600)]
    assert [each for each in far if second_factor.step_of(secret, each, now=now) is not None and each not in near] == []


async def test_a_recovery_code_stands_in_once(quiet_world: World, http: httpx.AsyncClient) -> None:
    amina = await make(quiet_world, "amina", http=http)
    code = amina.codes[3].upper().replace("-", " ")
    assert (await sign_in(quiet_world, amina, code=code)).status_code == 303
    assert await count(quiet_world.db, RecoveryCode) == second_factor.CODES - 1
    assert (await sign_in(quiet_world, amina, code=code)).status_code == 403


async def test_v7_2_4_each_sign_in_has_an_id_of_its_own(quiet_world: World, http: httpx.AsyncClient) -> None:
    """v7.2.3: of 256 bits, kept as a hash; the session that was there before is ended."""
    amina = await make(quiet_world, "amina", http=http)
    http.cookies.set(COOKIE, "planted-by-somebody", domain="quiet.invalid")
    found = []
    for _ in range(2):
        answer = await sign_in(quiet_world, amina)
        found.append(answer.cookies[COOKIE])
    assert len({*found, "planted-by-somebody"}) == 3
    assert all(len(each) == 43 for each in found)
    async with quiet_world.db.transaction() as session:
        kept = [each.token_hash for each in await session.scalars(select(StaffSession))]
    assert len(kept) == 1
    assert all(each.encode() not in kept[0] for each in found)


async def test_v3_3_1_the_cookie_is_for_this_host_and_no_script(quiet_world: World, http: httpx.AsyncClient) -> None:
    """v3.3.2, v3.3.3, v3.3.4 too."""
    amina = await make(quiet_world, "amina", http=http)
    answer = await sign_in(quiet_world, amina)
    [cookie] = [each for each in answer.headers.get_list("Set-Cookie") if each.startswith(f"{COOKIE}=")]
    parts = {each.strip().lower() for each in cookie.split(";")[1:]}
    assert parts == {"secure", "httponly", "samesite=lax", "path=/"}


@pytest.mark.parametrize(
    ("minutes", "steps", "alive"), [(29, 1, True), (31, 1, False), (29, 24, True), (29, 25, False)]
)
async def test_v7_3_a_session_ends_when_idle_and_after_half_a_day(
    quiet_world: World, http: httpx.AsyncClient, minutes: int, steps: int, alive: bool
) -> None:
    """v7.3.1 and v7.3.2: 30 minutes idle, 12 hours at most."""
    amina = await enter(quiet_world, await make(quiet_world, "amina", http=http))
    for _ in range(steps):
        quiet_world.now.advance(minutes=minutes)
        answer = await amina.http.get(SESSIONS)
    assert (answer.status_code == 200) is alive


async def test_v7_4_1_who_signs_out_is_out(quiet_world: World, http: httpx.AsyncClient) -> None:
    amina = await make(quiet_world, "amina", http=http)
    token = (await sign_in(quiet_world, amina)).cookies[COOKIE]
    answer = await submit(http, "/console/sign-out", page=SESSIONS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/sign-in")
    http.cookies.set(COOKIE, token, domain="quiet.invalid")
    assert (await http.get(SESSIONS)).status_code == 303


async def test_v7_5_2_all_of_ones_sessions_can_be_ended(
    quiet_world: World, http: httpx.AsyncClient, elsewhere: httpx.AsyncClient
) -> None:
    amina = await make(quiet_world, "amina", http=http)
    await enter(quiet_world, amina)
    await enter(quiet_world, type(amina)(amina.name, amina.secret, amina.codes, amina.account_id, elsewhere))
    other = await enter(quiet_world, await make(quiet_world, "idir", http=http))
    assert (await submit(elsewhere, f"{SESSIONS}/end-all", page=SESSIONS)).status_code == 303
    assert (await elsewhere.get(SESSIONS)).status_code == 303
    assert await count(quiet_world.db, StaffSession) == 1  # that of somebody else
    assert (await other.http.get(SESSIONS)).status_code == 200


async def test_a_fresh_code_counts_for_ten_minutes(quiet_world: World, http: httpx.AsyncClient) -> None:
    amina = await enter(quiet_world, await make(quiet_world, "amina", http=http), fresh=False)
    assert (await submit(http, "/console/confirm", code="000000")).status_code == 403
    answer = await submit(http, "/console/confirm", code=amina.code(quiet_world.now()))
    assert answer.status_code == 200
    principal = await quiet_world.service.app.state.context.authentication.session(http.cookies[COOKIE])
    assert principal.fresh
    quiet_world.now.advance(minutes=11)
    principal = await quiet_world.service.app.state.context.authentication.session(http.cookies[COOKIE])
    assert not principal.fresh


@pytest.mark.parametrize("code", ["", "0", "abcdef", "1234567", "é" * 40, "x" * 40])
async def test_v6_3_3_a_password_alone_lets_nobody_in(quiet_world: World, http: httpx.AsyncClient, code: str) -> None:
    amina = await make(quiet_world, "amina", http=http)
    assert (await sign_in(quiet_world, amina, code=code)).status_code == 403
    assert await count(quiet_world.db, StaffSession) == 0


async def test_v16_3_1_tries_are_logged_and_hold_no_secret(
    quiet_world: World, http: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """v16.2.5 too: neither what was typed nor the name; v16.3.2: so is what was refused for want of a right."""
    amina = await make(quiet_world, "amina", http=http)
    capsys.readouterr()
    await sign_in(quiet_world, amina, password="my secret password", code="123987")
    await enter(quiet_world, amina)
    assert (await http.get("/v1/staff")).status_code == 403
    logged = capsys.readouterr().out
    assert "staff.not_signed_in" in logged
    assert "staff.refused" in logged
    for secret in ("my secret", "123987", "amina", http.cookies[COOKIE]):
        assert secret not in logged
