"""The phones of the page as a person handles them: read the newest message, type, press keys, tap."""

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
    """Any of the four."""

    def __init__(self, page: Page, name: str) -> None:
        self.section = page.locator(f'[data-phone="{name}"]')
        self.field = self.section.get_by_role("textbox", name="Message")
        self._heard = self.section.locator(".turn.service")
        self._count = 0

    async def write(self, text: str) -> None:
        """Type a message, send it, and wait for what comes back."""
        await self.field.press_sequentially(text)
        await self.send()

    async def send(self) -> None:
        """Press Send on what is typed, and wait for what comes back."""
        await self.section.get_by_role("button", name="Send").click()
        await self.heard()

    async def heard(self) -> None:
        """Wait for one more message of the service, and no more than one."""
        self._count += 1
        await self.newest.wait_for()
        assert await self._heard.count() == self._count

    @property
    def newest(self) -> Locator:
        """The service's newest message, with its buttons."""
        return self._heard.nth(self._count - 1)

    async def text(self) -> str:
        """The text of the service's newest message."""
        return await self.newest.locator("p").text_content() or ""

    async def everything(self) -> list[str]:
        """Every message on both sides, with its time and buttons."""
        return await self.section.locator(".turn").all_inner_texts()


class FeaturePhone(Phone):
    """A phone with keys. `style` is how its owner writes an answer."""

    def __init__(self, page: Page, name: str, *, opener: str, style: Style, on_keypad: bool = False) -> None:
        super().__init__(page, name)
        self._opener, self._style, self._on_keypad = opener, style, on_keypad

    async def begin(self) -> None:
        """Say one of the words that an empty phone proposes."""
        await self.section.get_by_role("button", name=self._opener).click()
        await self.heard()

    async def read(self) -> Screen:
        """What the service says now."""
        return reading.sms(await self.text())

    async def pick(self, screen: Screen, places: Sequence[int]) -> None:
        """Answer with the options at these places, 0 being the first."""
        text = self._style(screen, places)
        if self._on_keypad and text.isdecimal():
            for digit in text:
                await self.section.get_by_role("button", name=digit, exact=True).click()
            await self.send()
        else:
            await self.write(text)


class TelegramPhone(Phone):
    """A phone with Telegram."""

    async def begin(self) -> None:
        """Press Start."""
        await self.section.get_by_role("button", name="Start", exact=True).click()
        await self.heard()

    async def read(self) -> Screen:
        """What the service says now."""
        return reading.telegram(await self.text(), await self._keys(self.newest).all_text_contents(), _WAYS_OUT)

    async def pick(self, screen: Screen, places: Sequence[int]) -> None:
        """Tap the options at these places, and the way on where several can be tapped."""
        tapped = self.newest
        labels = [screen.answers[place] for place in places]
        for label in labels:
            await self._key(tapped, label).click()
            if screen.place is not None:
                await expect(self._key(tapped, CHOSEN + label)).to_be_focused()  # marked where it stands
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
