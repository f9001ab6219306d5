"""`make pictures`: the same turn in every language and script, on both kinds of phone, for the pages of docs/."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Page

from tests.browser.browsing import browsing
from tests.browser.chromium import installed, on_path
from tests.browser.demo import Demo
from tests.browser.phones import Phone

DOCS = Path(__file__).resolve().parents[2] / "docs"
NAMES = ("sms-1", "sms-2", "telegram-1", "telegram-2")
# Each phone's first words, then the language it takes.
PICTURES = {
    "phones": (("salam", "العربية"), ("azul", "tamazight"), ("bonjour", "français"), ("azul", "tifinagh")),
    "turn-ar-fr": (("salam", "العربية"), ("bonjour", "français"), ("salam", "العربية"), ("bonjour", "français")),
    "turn-zgh": (("azul", "tamazight"), ("azul", "tifinagh"), ("azul", "tamazight latin"), ("azul", "tifinagh")),
}
REST = ("1", "3", "2")  # agrees, names a province, answers the first question


async def _speak(page: Page, name: str, texts: tuple[str, ...]) -> None:
    phone = Phone(page, name)
    for text in texts:
        await phone.write(text)


async def take(executable: str, name: str) -> None:
    """Play one desk and keep its picture."""
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo(Path(folder) / "var")
        try:
            await demo.start()
            async with browsing(executable, Path(folder) / "profile") as found:
                await found.page.goto(demo.phones)
                for phone, words in zip(NAMES, PICTURES[name], strict=True):
                    await _speak(found.page, phone, (*words, *REST))
                await found.page.screenshot(path=DOCS / f"{name}.png", full_page=True)
        finally:
            await demo.end()


async def main() -> None:
    """Take them all."""
    executable = on_path() or installed()
    if executable is None:
        raise SystemExit("There is no Chromium here.")
    for name in PICTURES:
        await take(executable, name)


if __name__ == "__main__":
    asyncio.run(main())
