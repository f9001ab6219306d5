"""The privacy notice: what is stored about people, and who can see their answers, in each language."""

from __future__ import annotations

import pytest

from tests.public.reading import voice_of
from tests.world import World

SAID = ("notice.number", "notice.ballot", "notice.part", "notice.carriers", "notice.receipt", "notice.data")


@pytest.mark.parametrize("tag", ["ar", "fr", "zgh", "zgh-Latn"])
async def test_every_page_leads_to_it_and_it_says_all(quiet_world: World, tag: str) -> None:
    home = await quiet_world.http.get("/", params={"lang": tag})
    assert f'href="/privacy?lang={tag}"' in home.text
    page = await quiet_world.http.get("/privacy", params={"lang": tag})
    voice = voice_of(quiet_world, tag)
    for name in SAID:
        assert voice(name).replace("'", "&#39;") in page.text
    assert page.headers["Cache-Control"] == "no-store"
