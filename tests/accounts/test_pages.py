"""The pages for staff: what lets nothing in, forms that only our own pages send, two languages that say the same."""

from __future__ import annotations

import re
import string
from typing import Any

import httpx
import pytest

from api.console import pages
from tests.accounts.office import COOKIE, HOST, PASSWORD, enter, field_of, make
from tests.catalogs import (
    CONSOLE,
    CONSOLE_LANGUAGES,
    LOCALES,
    ROOT,
    catalog_path,
    listed,
    read,
    renewed,
    template,
    write,
)
from tests.world import World

SIGN_IN, SESSIONS = "/console/sign-in", "/console/sessions"
PAGES = (SIGN_IN, SESSIONS, "/console/confirm", "/console/welcome", "/console/password", "/console/record")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["ar", "fr"])
async def test_v3_4_pages_let_nothing_in_and_nobody_keeps_them(
    quiet_world: World, http: httpx.AsyncClient, path: str, language: str
) -> None:
    """v3.4.1, v3.4.3 to v3.4.6, v14.3.2."""
    await enter(quiet_world, await make(quiet_world, "amina", http=http))
    page = await http.get(path, params={"lang": language})
    said = page.headers
    assert "default-src 'none'" in said["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in said["Content-Security-Policy"]
    assert (said["X-Content-Type-Options"], said["Referrer-Policy"]) == ("nosniff", "same-origin")
    assert said["Cache-Control"] == "no-store"
    assert said["Strict-Transport-Security"].startswith("max-age=31536000")
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.text
    assert not re.search(r"<script|style=|javascript:| on\w+=", page.text)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"}, {"Origin": HOST, "Sec-Fetch-Site": "cross-site"},
    ],
)  # fmt: skip
async def test_v3_5_1_a_foreign_page_sends_no_form(
    quiet_world: World, http: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    amina = await make(quiet_world, "amina", http=http)
    quiet_world.now.advance(minutes=1)
    given = {"name": "amina", "password": PASSWORD, "code": amina.code(quiet_world.now())}
    proof = field_of(await http.get(SIGN_IN))
    answer = await http.post(SIGN_IN, data={**given, "proof": proof}, headers=headers)
    assert answer.status_code == 403
    assert COOKIE not in answer.cookies
    own = {"Origin": HOST, "Sec-Fetch-Site": "same-origin"}
    assert (await http.post(SIGN_IN, data={**given, "proof": proof}, headers=own)).status_code == 303


@pytest.mark.parametrize("proof", ["", "x", "é", "0" * 64])
async def test_v3_5_3_a_form_without_its_proof_does_nothing(
    quiet_world: World, http: httpx.AsyncClient, proof: str
) -> None:
    await enter(quiet_world, await make(quiet_world, "amina", http=http))
    for path in (f"{SESSIONS}/end-all", "/console/password", "/console/confirm", SIGN_IN, "/console/sign-out"):
        await http.post(path, data={"proof": proof, "code": "1"})
        assert (await http.get(SESSIONS)).status_code == 200, path


async def test_v3_5_1_a_foreign_page_does_not_have_the_browser_forget_its_session(http: httpx.AsyncClient) -> None:
    """A browser sends no lax cookie with a foreign form, and would still obey an answer that takes it away."""
    answer = await http.post("/console/sign-out", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 303
    assert "Set-Cookie" not in answer.headers


async def test_a_link_is_followed_from_a_mail(http: httpx.AsyncClient) -> None:
    """A strict cookie would not be sent to the page that it leads to."""
    answer = await http.get(f"/console/welcome/{'a' * 43}")
    [cookie] = answer.headers.get_list("Set-Cookie")
    assert "SameSite=lax" in cookie
    assert "HttpOnly" in cookie
    assert "Secure" in cookie


@pytest.mark.parametrize("origin", ["http://[", "https://[::1", "https://", "null", ""])
async def test_v16_5_1_an_origin_that_is_none_is_foreign(
    quiet_world: World, http: httpx.AsyncClient, origin: str
) -> None:
    await enter(quiet_world, await make(quiet_world, "amina", "administrator", http=http))
    for path in (SIGN_IN, "/v1/staff"):
        answer = await http.post(path, data={"proof": "x"}, headers={"Origin": origin})
        assert answer.status_code == 403, answer.text


async def test_v3_5_1_a_page_without_tls_is_foreign(quiet_world: World, http: httpx.AsyncClient) -> None:
    """Whoever is between could answer for it."""
    object.__setattr__(quiet_world.service.app.state.context, "public_url", HOST)
    await enter(quiet_world, await make(quiet_world, "amina", "administrator", http=http))
    for origin, status in ((HOST, 201), (HOST.replace("https", "http"), 403)):
        answer = await http.post("/v1/staff", json={"name": "idir"}, headers={"Origin": origin})
        assert answer.status_code == status, answer.text


@pytest.mark.parametrize("path", [f"{SESSIONS}/end-all", "/console/sign-out"])
async def test_v3_5_3_no_act_is_done_by_reading(quiet_world: World, http: httpx.AsyncClient, path: str) -> None:
    await enter(quiet_world, await make(quiet_world, "amina", http=http))
    assert (await http.get(path)).status_code == 405
    assert (await http.get(SESSIONS)).status_code == 200


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://127.0.0.1:8000", "sawt-form"), ("http://localhost:8000", "sawt-form"),
        ("http://sawt.example", f"{COOKIE}-form"), ("https://127.0.0.1", f"{COOKIE}-form"), ("", f"{COOKIE}-form"),
    ],
)  # fmt: skip
async def test_the_cookie_has_no_prefix_on_plain_loopback_alone(quiet_world: World, url: str, name: str) -> None:
    object.__setattr__(quiet_world.service.app.state.context, "public_url", url)
    answer = await quiet_world.http.get(SIGN_IN)
    [cookie] = answer.headers.get_list("Set-Cookie")
    assert cookie.startswith(f"{name}=")
    secure = name.startswith("__Host-")
    assert ("Secure" in cookie) is secure
    assert ("Strict-Transport-Security" in answer.headers) is secure


@pytest.mark.parametrize(
    ("header", "language"), [("", "ar"), ("ar-MA", "ar"), ("fr-FR, ar", "fr"), ("zgh, ar", "ar"), ("en", "fr")]
)
async def test_a_page_speaks_the_language_of_its_reader(
    quiet_world: World, http: httpx.AsyncClient, header: str, language: str
) -> None:
    page = await http.get(SIGN_IN, headers={"Accept-Language": header})
    assert f'<html lang="{language}"' in page.text
    assert pages.text_in(language)("signin.title") in page.text


async def test_what_somebody_typed_is_shown_as_text(quiet_world: World, http: httpx.AsyncClient) -> None:
    proof = field_of(await http.get(SIGN_IN))
    given = {"name": '"><b>x', "password": "x", "code": "1", "proof": proof}
    page = await http.post(SIGN_IN, data=given)
    assert "<b>" not in page.text
    assert "&lt;b&gt;x" in page.text
    assert 'value="x"' not in page.text  # a password is never sent back


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", CONSOLE_LANGUAGES)
def test_the_catalogs_of_these_pages_are_whole(tmp_path: Any, language: str) -> None:
    write(tmp_path / "console.po", renewed(language, CONSOLE))
    assert (tmp_path / "console.po").read_text("utf-8") == catalog_path(language, CONSOLE).read_text("utf-8")
    write(tmp_path / "console.pot", template(CONSOLE))
    assert (tmp_path / "console.pot").read_text("utf-8") == (LOCALES / "console.pot").read_text("utf-8")
    found = {str(each.id): str(each.string) for each in read(catalog_path(language, CONSOLE)) if each.id}
    other = {str(each.id): str(each.string) for each in read(catalog_path("fr", CONSOLE)) if each.id}
    assert set(found) == set(listed(CONSOLE))
    for name, text in found.items():
        assert text.strip() == text != "", name
        assert placeholders(text) == placeholders(other[name]), name


def test_what_the_pages_say_is_listed() -> None:
    """Every name in a template or in the code of these pages is there, and no other is."""
    files = [*(ROOT / "api" / "console").rglob("*.html"), *(ROOT / "api" / "console").rglob("*.py")]
    files += [ROOT / "api" / "staff" / "passwords.py", ROOT / "api" / "staff" / "links.py"]
    found = {name for each in files for name in re.findall(r"[\"']([a-z]+(?:\.[a-z]+)+)[\"']", each.read_text("utf-8"))}
    names = {each for each in found if not each.endswith((".html", ".css", ".js", ".po", ".json", ".jsonl"))}
    assert names | {"brand", "languages", "menu"} == set(listed(CONSOLE))
