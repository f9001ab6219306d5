"""The page that shows the JSON API: served only if the setting allows it, from files with a known checksum."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from api.public import docs
from tests.world import World, quiet, settings_for

_VENDORED = Path(docs.__file__).parent / "swagger_ui"
_ADDRESSES = ("/docs", "/docs/docs.js", "/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css")


async def test_nothing_is_shown_unless_the_setting_says_so(quiet_world: World) -> None:
    for address in _ADDRESSES:
        assert (await quiet_world.http.get(address)).status_code == 404


async def test_the_page_and_its_files(database_url: str) -> None:
    async with quiet(database_url, api_docs=True) as world:
        page, *files = [await world.http.get(address) for address in _ADDRESSES]
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert re.search(r"<style|<script>| style=| on\w+=|//", page.text) is None  # nothing inline, nothing external
        assert [each.headers["X-Content-Type-Options"] for each in (page, *files)] == ["nosniff"] * 4
        kinds = [each.headers["Content-Type"].partition(";")[0] for each in (page, *files)]
        assert kinds == ["text/html", "text/javascript", "text/javascript", "text/css"]
        for address in ("/docs/", "/docs/SOURCE.md", "/docs/..%2f..%2fdocs.py", "/docs/docs.html"):
            assert (await world.http.get(address)).status_code == 404


def test_a_page_whose_document_is_for_staff_is_refused() -> None:
    """The browser fetches the document without a token."""
    with pytest.raises(ValidationError, match="SAWT_API_DESCRIBED"):
        settings_for("sqlite+aiosqlite:///unused", "http://unused.invalid", api_described=False, api_docs=True)


def test_the_vendored_files_are_the_released_ones() -> None:
    listed = dict(
        re.findall(r"^\| `(\S+)` \| `([0-9a-f]{64})` \|$", (_VENDORED / "SOURCE.md").read_text(), re.MULTILINE)
    )
    files = {path.name: path for path in _VENDORED.iterdir() if path.name != "SOURCE.md"}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()} == listed
