"""Errors: a page in the reader's language for browsers, JSON for programs."""

from __future__ import annotations

import pytest
from fastapi.exceptions import RequestValidationError

from api.consultations import drafts
from api.consultations import service as consultations
from api.consultations.schemas import ConsultationIn
from api.errors import Invalid, Unavailable
from api.public.accept import wants_json
from tests.consultations import main_consultation
from tests.public.reading import browser, voice_of
from tests.world import World


@pytest.mark.parametrize("language", ["ar", "fr", "zgh"])
@pytest.mark.parametrize(
    "path",
    ["/nothing", "/consultations/nope/receipts", "/consultations/draft/receipts.txt", "/consultations/%00/receipts"],
)
async def test_what_is_not_there_is_a_page_for_browsers(quiet_world: World, path: str, language: str) -> None:
    async with quiet_world.db.transaction() as session:
        draft = ConsultationIn.model_validate({**main_consultation(), "code": "draft"})
        await drafts.create(session, draft, who="amina", now=quiet_world.now())
    async with browser(quiet_world.service.app, language) as http:
        page = await http.get(path)
    assert page.status_code == 404
    assert voice_of(quiet_world, language)("page.missing").replace("'", "&#39;") in page.text
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.text
    assert f'href="/?lang={language}"' in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert page.headers["Cache-Control"] == "no-store"


JSON = {"Accept": "application/json, text/plain, */*"}


@pytest.mark.parametrize("path", ["/nothing", "/consultations/nope/receipts", "/receipts.txt"])
@pytest.mark.parametrize("accept", ["*/*", "", "text/*", "text/html;q=0.9,*/*;q=0.8", "text/html, application/json"])
async def test_all_but_who_asks_for_json_get_a_page(quiet_world: World, path: str, accept: str) -> None:
    page = await quiet_world.http.get(path, headers={"Accept": accept, "Accept-Language": "fr"})
    assert page.status_code == 404
    assert voice_of(quiet_world, "fr")("page.missing").replace("'", "&#39;") in page.text


@pytest.mark.parametrize(
    ("accept", "json"),
    [
        ("application/json", True), ("application/problem+json", True), ("text/html;q=0.5, application/json", True),
        ("application/json;q=0, text/html", False), ("application/json;q=x", False), ("", False), ("*/*", False),
    ],
)  # fmt: skip
def test_json_is_asked_for_by_name(accept: str, json: bool) -> None:
    assert wants_json(accept) == json


async def test_machines_get_json_as_ever(quiet_world: World) -> None:
    assert (await quiet_world.http.get("/nothing", headers=JSON)).json()["detail"] == "there is nothing at this URL"
    answer = await quiet_world.http.get("/consultations/nope/receipts", headers=JSON)
    assert answer.json()["detail"] == "there is no consultation nope"
    assert (await quiet_world.http.get("/v1/nothing")).json()  # whatever they accept
    async with browser(quiet_world.service.app) as http:  # paths for programs, even if they accept pages
        for path, status in (
            ("/v1/nothing", 404),
            ("/v1/overview", 401),
            ("/sms/twilio/nothing", 404),
            ("/telegram/x", 404),
        ):
            answer = await http.get(path)
            assert answer.status_code == status, path
            assert "detail" in answer.json(), path
        assert (await http.put("/openapi.json")).json()["detail"] == "this URL does not support PUT"


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (Unavailable(), 503, "page.away"),
        (Invalid("a number is out of range"), 422, "page.refused"),
        (RequestValidationError([]), 422, "page.refused"),
        (RuntimeError("a secret"), 500, "page.broken"),
    ],
)
async def test_other_errors_are_pages_too(
    quiet_world: World, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, said: str
) -> None:
    async def fails(*_args: object) -> None:
        raise error

    monkeypatch.setattr(consultations, "open_to_all", fails)
    async with browser(quiet_world.service.app) as http:
        page = await http.get("/")
    assert page.status_code == status
    assert voice_of(quiet_world, "fr")(said).replace("'", "&#39;") in page.text
    assert "secret" not in page.text
    assert ("Retry-After" in page.headers) == (status == 503)
    answer = await quiet_world.http.get("/", headers=JSON)
    assert answer.status_code == status
    assert "<html" not in answer.text


async def test_another_method_is_a_page_that_says_what_is_allowed(quiet_world: World) -> None:
    async with browser(quiet_world.service.app) as http:
        page = await http.post("/receipts")
    assert (page.status_code, page.headers["Allow"]) == (405, "GET")
    assert voice_of(quiet_world, "fr")("page.refused").replace("'", "&#39;") in page.text
