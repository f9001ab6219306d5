"""A running demonstration, a browser with its page of phones, and the phones' owners."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page

from tests.browser.browsing import Browsing, browsing
from tests.browser.demo import Demo
from tests.browser.people import Resident, residents

SHOTS = Path(__file__).resolve().parents[2] / "test-results"


@dataclass(frozen=True)
class Desk:
    """What tests of the page use."""

    demo: Demo
    browsing: Browsing
    residents: list[Resident]

    @property
    def page(self) -> Page:
        """The page with the phones."""
        return self.browsing.page

    async def look(self) -> None:
        """Reload the page, and wait for the phones."""
        await self.page.goto(self.demo.phones)
        await self.page.locator('[data-phone="telegram-2"]').wait_for()

    async def photograph(self, name: str) -> None:
        """Save a picture of the whole page, which must not be wider than its window."""
        wider = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await self.page.evaluate(wider) == 0
        await self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


@asynccontextmanager
async def set_up(executable: str, folder: Path) -> AsyncIterator[Desk]:
    """A desk during the block, without messages."""
    demo = Demo(folder / "var")
    try:
        await demo.start()
        async with browsing(executable, folder / "profile") as browser_:
            desk = Desk(demo, browser_, residents(browser_.page))
            await desk.look()
            yield desk
    finally:
        await demo.end()
