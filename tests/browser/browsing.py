"""Runs a separate Chromium that only reaches loopback, and collects the errors of its console."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import BrowserContext, ConsoleMessage, Error, Page, async_playwright, expect

_PATIENCE = 60_000  # milliseconds to wait for an element on a busy machine
_ARGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


class Browsing:
    """A page and the complaints of its console: errors, refused addresses, policy violations."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.pages[0]
        self.troubles: list[str] = []
        self.page.on("console", self._console)
        self.page.on("pageerror", self._error)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(message.text)

    def _error(self, error: Error) -> None:
        self.troubles.append(str(error))


@asynccontextmanager
async def browsing(executable: str, profile: Path) -> AsyncIterator[Browsing]:
    """A browser with a fresh profile while the block runs."""
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            profile,
            executable_path=executable,
            args=_ARGS,
            viewport={"width": 1400, "height": 900},
            reduced_motion="reduce",  # moving elements cannot be clicked
        )
        context.set_default_timeout(_PATIENCE)
        expect.set_options(timeout=_PATIENCE)
        try:
            yield Browsing(context)
        finally:
            await context.close()


async def playwrights_own() -> str | None:
    """The Chromium that Playwright installed, if any."""
    async with async_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.access(path, os.X_OK) else None
