"""`make pictures`: takes pictures of features in every language and script, on both kinds of phone, for docs/."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import NamedTuple

from playwright.async_api import Locator, Page, expect

from tests.browser.browsing import browsing
from tests.browser.chromium import installed, on_path
from tests.browser.demo import Demo

DOCS = Path(__file__).resolve().parents[2] / "docs"
NAMES = ("sms-1", "sms-2", "telegram-1", "telegram-2")


class Do(NamedTuple):
    """An action on a phone: a text to send, or a button's label to tap; it `brings` this many messages."""

    text: str
    tap: bool = False
    brings: int = 1


Script = tuple[str | Do, ...]
# Each phone's first message and language; all consent and name the third province.
ARABIC, LATIN = ("salam", "العربية", "1", "3"), ("azul", "tamazight", "1", "3")
FRENCH, TIFINAGH = ("bonjour", "français", "1", "3"), ("azul", "tifinagh", "1", "3")
TURN = ("1", "2")  # begins the first consultation, answers its first question
EVERYONE = (ARABIC, LATIN, FRENCH, TIFINAGH)

PICTURES: dict[str, tuple[Script, ...]] = {
    "phones": tuple((*who, *TURN) for who in EVERYONE),
    "turn-ar-fr": tuple((*who, *TURN) for who in (ARABIC, FRENCH, ARABIC, FRENCH)),
    "turn-zgh": tuple((*who, *TURN) for who in (LATIN, TIFINAGH, ("azul", "tamazight latin", "1", "3"), TIFINAGH)),
    "vote": (
        (*ARABIC, "2", "تفاصيل 4"),
        (*FRENCH, "2"),
        (*FRENCH, "2", Do("Détail", tap=True, brings=0), Do("▶", tap=True, brings=0)),
        (*TIFINAGH, "2", Do("ⵓⴳⴳⴰⵔ", tap=True, brings=0)),
    ),
    "status": (
        (*ARABIC, "تتبع", "تتبع 1"),
        (*LATIN, "addad", "addad 1"),
        (*FRENCH, "statut", "statut 3"),
        (*TIFINAGH, "ⴰⴷⴷⴰⴷ", "1"),
    ),
    "idea": (
        (*ARABIC, "فكرة", "بئر بالطاقة الشمسية للدوار", "تم"),
        (*LATIN, "tawngimt", "aman i udwwar", "smd"),
        (*FRENCH, "Idée : un bus pour les élèves du douar", "valider", "1"),
        (*TIFINAGH, "ⵜⴰⵡⵏⴳⵉⵎⵜ", "ⴰⵎⴰⵏ ⵉ ⵓⴹⵡⵡⴰⵕ", "ⵙⵎⴷ"),
    ),
    "meeting": (
        (*ARABIC, "اجتماع", "1", "1"),
        (*LATIN, "agraw", "1"),
        (*FRENCH, "réunion", "1", Do("1", brings=3)),
        (*TIFINAGH, "ⴰⴳⵔⴰⵡ", "1"),
    ),
}


async def _play(phone: Locator, script: Script) -> None:
    heard, count = phone.locator(".turn.service"), 0
    for each in script:
        action = Do(each) if isinstance(each, str) else each
        count += action.brings
        if action.tap:
            newest = heard.last
            before = await newest.locator("p").text_content() or ""
            await newest.get_by_role("button", name=action.text, exact=True).click()
            await expect(newest.locator("p")).not_to_have_text(before)
        else:
            await phone.get_by_role("textbox", name="Message").fill(action.text)
            await phone.get_by_role("button", name="Send").click()
        await expect(heard).to_have_count(count)


async def _shoot(page: Page, name: str) -> None:
    for phone, script in zip(NAMES, PICTURES[name], strict=True):
        await _play(page.locator(f'[data-phone="{phone}"]'), script)
    await page.screenshot(path=DOCS / f"{name}.png", full_page=True)


async def take(executable: str, name: str) -> None:
    """Play one desk and save its picture."""
    with tempfile.TemporaryDirectory() as folder:
        demo = Demo(Path(folder) / "var")
        try:
            await demo.start()
            async with browsing(executable, Path(folder) / "profile") as browser_:
                await browser_.page.goto(demo.phones)
                await _shoot(browser_.page, name)
        finally:
            await demo.end()


async def main() -> None:
    """Take all pictures."""
    executable = on_path() or installed()
    if executable is None:
        raise SystemExit("There is no Chromium here.")
    for name in PICTURES:
        await take(executable, name)


if __name__ == "__main__":
    asyncio.run(main())
