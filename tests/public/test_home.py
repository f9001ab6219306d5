"""The home page: who asks, what is open until when, how to take part, and the lists of closed consultations."""

from __future__ import annotations

import pytest

from api.app import create_app
from api.clock import MOROCCO
from api.consultations import drafts, lifecycle
from api.consultations.schemas import ConsultationIn
from tests.consultations import main_consultation, words
from tests.public.reading import browser, pages_of, voice_of
from tests.world import World

TAGS = ("ar", "fr", "zgh", "zgh-Latn")


@pytest.mark.parametrize("tag", TAGS)
async def test_it_says_who_asks_what_is_open_and_how_to_take_part(quiet_world: World, tag: str) -> None:
    voice = voice_of(quiet_world, tag)
    page = await quiet_world.http.get("/", params={"lang": tag})
    assert page.status_code == 200
    for expected in (
        voice("page.council"),
        voice("page.sawt"),
        voice.pick(main_consultation()["title"]),
        voice("page.word", word="PLAN"),
        voice("page.sms", word=voice("word.begin").upper(), number="0600000099"),
    ):
        assert expected.replace("'", "&#39;") in page.text
    assert f'<html lang="{tag}" dir="{"rtl" if tag == "ar" else "ltr"}">' in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


async def test_it_says_until_when_in_moroccan_time(quiet_world: World) -> None:
    end = quiet_world.now.later(days=2)
    async with quiet_world.db.transaction() as session:
        await lifecycle.schedule(session, "plan", opens_at=None, closes_at=end, who="amina", now=quiet_world.now())
    here = end.astimezone(MOROCCO)
    page = await quiet_world.http.get("/", params={"lang": "fr"})
    assert f"Jusqu&#39;au {here:%d/%m/%Y} à {here:%H:%M}" in page.text
    quiet_world.now.advance(days=3)
    page = await quiet_world.http.get("/", params={"lang": "fr"})
    assert "texte plan" not in page.text
    assert voice_of(quiet_world, "fr")("page.none").replace("'", "&#39;") in page.text


async def test_the_bot_opens_each_consultation(quiet_world: World) -> None:
    service = quiet_world.service
    app = create_app(service.means, catalogs=service.dialogue.context.catalogs, bot="sawt_bot")
    async with browser(app) as http:
        page = (await http.get("/", params={"lang": "fr"})).text
    assert 'href="https://t.me/sawt_bot?start=plan"' in page
    assert 'href="https://t.me/sawt_bot"' in page
    assert "Par SMS" not in page  # there is no number
    assert "PLAN" not in page


async def test_what_is_not_for_everybody_is_not_listed(quiet_world: World) -> None:
    await quiet_world.open({**main_consultation(), "code": "few", "title": words("few"), "invited_only": True})
    async with quiet_world.db.transaction() as session:
        draft = {**main_consultation(), "code": "draft", "title": words("draft")}
        await drafts.create(session, ConsultationIn.model_validate(draft), who="amina", now=quiet_world.now())
    page = (await quiet_world.http.get("/", params={"lang": "fr"})).text
    assert "texte plan" in page
    assert "few" not in page
    assert "draft" not in page
    await quiet_world.close("few")
    assert "few" not in (await quiet_world.http.get("/", params={"lang": "fr"})).text


async def test_closed_consultations_are_linked_and_every_page_links_home(quiet_world: World) -> None:
    await quiet_world.close("plan")
    page = (await quiet_world.http.get("/", params={"lang": "fr"})).text
    assert 'href="/consultations/plan/receipts?lang=fr"' in page
    assert 'href="/receipts?lang=fr"' in page
    for path in pages_of("plan"):
        assert 'href="/?lang=fr"' in (await quiet_world.http.get(path, params={"lang": "fr"})).text, path


async def test_titles_are_text(quiet_world: World) -> None:
    title = {**words("x"), "fr": '<b>x</b> & "y"'}
    await quiet_world.open({**main_consultation(), "code": "odd", "title": title})
    page = (await quiet_world.http.get("/", params={"lang": "fr"})).text
    assert "&lt;b&gt;x&lt;/b&gt; &amp;" in page
