"""The JSON API's page in a real browser works under its policy, stores nothing, and contacts no other host."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import Page, expect

from tests.browser.browsing import browsing
from tests.wire.checker import WireChecker
from tests.world import API_TOKEN, living

_STORED = "() => [document.cookie, localStorage.length, sessionStorage.length]"


async def test_the_api_is_read_and_tried(
    executable: str, tmp_path: Path, database_url: str, checker: WireChecker
) -> None:
    async with (
        living(database_url, checker, api_docs=True) as world,
        browsing(executable, tmp_path / "profile") as browser_,
    ):
        page, asked = browser_.page, list[str]()
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(f"{world.url}/docs")
        await _authorize(page)
        await page.locator("#operations-tag-consultations").click()
        await _try_out(page, "/v1/consultations/{code}", code="plan")
        await page.locator(".opblock-post .opblock-summary-control").first.click()  # a body, and its schema
        await page.locator(".opblock-post .tabitem:not(.active) .tablinks").first.click()
        assert await page.evaluate(_STORED) == ["", 0, 0]
        await page.reload()
        await expect(page.locator(".authorize")).to_contain_class("unlocked")
        await _follow_a_foreign_link(page, world.url)
        hosts = {urlsplit(url).netloc for url in asked if not url.startswith("data:")}
        assert hosts == {urlsplit(world.url).netloc}
        assert browser_.troubles == []


async def _authorize(page: Page) -> None:
    """Enter the token, as staff do."""
    await page.get_by_role("button", name="Authorize").click()
    await page.locator(".auth-container input").fill(API_TOKEN)
    await page.get_by_label("Apply credentials").click()
    await page.locator(".auth-container .btn-done").click()
    await expect(page.locator(".auth-wrapper .authorize")).to_contain_class("locked")


async def _try_out(page: Page, path: str, **parameters: str) -> None:
    """Unfold the GET of a path, fill in its parameters, run it and check the response."""
    block = page.locator(f'.opblock-get:has([data-path="{path}"])')
    await block.locator(".opblock-summary-control").click()
    await block.get_by_role("button", name="Try it out").click()
    for name, value in parameters.items():
        await block.get_by_placeholder(name).fill(value)
    await block.get_by_role("button", name="Execute").click()
    await expect(block.locator(".live-responses-table .response .response-col_status")).to_contain_text("200")


async def _follow_a_foreign_link(page: Page, url: str) -> None:
    """No link shows another document in our page, or sends our address to another host."""
    await page.goto(f"{url}/docs?url=/health&configUrl=/health&validatorUrl=http://127.0.0.1:9/")
    await expect(page.locator(".info .title")).to_contain_text("Sawt")
