"""Everything on the desk: a demonstration that runs, a browser before its page of phones, and their owners."""

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
    """What a test finds."""

    demo: Demo
    browsing: Browsing
    residents: list[Resident]

    @property
    def page(self) -> Page:
        """The page of phones."""
        return self.browsing.page

    async def look(self) -> None:
        """Open the page anew, and wait for the phones."""
        await self.page.goto(self.demo.phones)
        await self.page.locator('[data-phone="telegram-2"]').wait_for()

    async def photograph(self, name: str) -> None:
        """Keep a picture of the whole page; it must not be wider than its window."""
        wider = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await self.page.evaluate(wider) == 0
        await self.page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


@asynccontextmanager
async def set_up(executable: str, folder: Path) -> AsyncIterator[Desk]:
    """A desk while the block runs, with nothing said yet."""
    demo = Demo(folder / "var")
    try:
        await demo.start()
        async with browsing(executable, folder / "profile") as found:
            desk = Desk(demo, found, residents(found.page))
            await desk.look()
            yield desk
    finally:
        await demo.end()
