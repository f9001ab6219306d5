"""Handles the page's phones like a person: reads the latest message, types, presses keys, taps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from playwright.async_api import Locator, Page, expect

from sawt.compose import catalogs
from tests.browser import reading
from tests.browser.reading import Screen

CHOSEN = "✓ "
_CATALOGS = catalogs()
_WORDS = {
    name: {_CATALOGS.voice(language)(f"word.{name}") for language in ("ar", "fr", "zgh")}
    for name in ("back", "skip", "done", "change", "menu")
}
_WAYS_OUT = frozenset().union(*_WORDS.values())

Style = Callable[[Screen, Sequence[int]], str]


class Phone:
    """One of the four phones."""

    def __init__(self, page: Page, name: str) -> None:
        self.section = page.locator(f'[data-phone="{name}"]')
        self.field = self.section.get_by_role("textbox", name="Message")
        self._heard = self.section.locator(".turn.service")
        self._count = 0

    async def write(self, text: str) -> None:
        """Type a message, send it, and wait for the reply."""
        await self.field.press_sequentially(text)
        await self.send()

    async def send(self) -> None:
        """Press Send, and wait for the reply."""
        await self.section.get_by_role("button", name="Send").click()
        await self.heard()

    async def heard(self) -> None:
        """Wait for exactly one more message of the service."""
        self._count += 1
        await self.newest.wait_for()
        assert await self._heard.count() == self._count

    @property
    def newest(self) -> Locator:
        """The service's latest message, with its buttons."""
        return self._heard.nth(self._count - 1)

    async def text(self) -> str:
        """The text of the service's latest message."""
        return await self.newest.locator("p").text_content() or ""

    async def everything(self) -> list[str]:
        """All messages of both sides, with their times and buttons."""
        return await self.section.locator(".turn").all_inner_texts()


class FeaturePhone(Phone):
    """A feature phone; `style` writes its owner's answers."""

    def __init__(self, page: Page, name: str, *, opener: str, style: Style, on_keypad: bool = False) -> None:
        super().__init__(page, name)
        self._opener, self._style, self._on_keypad = opener, style, on_keypad

    async def begin(self) -> None:
        """Send one of the words that an empty phone suggests."""
        await self.section.get_by_role("button", name=self._opener).click()
        await self.heard()

    async def read(self) -> Screen:
        """What the service says now."""
        return reading.sms(await self.text())

    async def pick(self, screen: Screen, places: Sequence[int]) -> None:
        """Answer with the options at these places; the first is 0."""
        text = self._style(screen, places)
        if self._on_keypad and text.isdecimal():
            for digit in text:
                await self.section.get_by_role("button", name=digit, exact=True).click()
            await self.send()
        else:
            await self.write(text)


class TelegramPhone(Phone):
    """A Telegram phone."""

    async def begin(self) -> None:
        """Press Start."""
        await self.section.get_by_role("button", name="Start", exact=True).click()
        await self.heard()

    async def read(self) -> Screen:
        """What the service says now."""
        return reading.telegram(await self.text(), await self._keys(self.newest).all_text_contents(), _WAYS_OUT)

    async def pick(self, screen: Screen, places: Sequence[int]) -> None:
        """Tap the options at these places, and the button that continues if several can be tapped."""
        tapped = self.newest
        labels = [screen.answers[place] for place in places]
        for label in labels:
            await self._key(tapped, label).click()
            if screen.place is not None:
                await expect(self._key(tapped, CHOSEN + label)).to_be_focused()  # ticked in place
        if screen.place is not None and screen.kind == "several":
            done = [label for label in await self._keys(tapped).all_text_contents() if label in _WORDS["done"]]
            await self._key(tapped, done[0]).click()
        await self.heard()

    @staticmethod
    def _keys(message: Locator) -> Locator:
        return message.locator('[data-role="key"]')

    @staticmethod
    def _key(message: Locator, label: str) -> Locator:
        return message.get_by_role("button", name=label, exact=True)
