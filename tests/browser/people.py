"""Four residents who answer any consultation, each in their own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from playwright.async_api import Page

from tests.browser.phones import FeaturePhone, TelegramPhone
from tests.browser.reading import Screen

_TURNS = 20  # more than any consultation needs
_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@dataclass
class Resident:
    """A resident with a phone, the places of the options they choose, and words for other questions."""

    phone: FeaturePhone | TelegramPhone
    language: str
    words: str
    single: int
    several: Sequence[int]
    step: int
    province: int = 0
    chosen: dict[int, Sequence[int]] = field(default_factory=dict)
    receipt: str | None = None

    async def take_part(self) -> None:
        """Answer everything, from the first message to the receipt."""
        await self.phone.begin()
        for _ in range(_TURNS):
            screen = await self.phone.read()
            self.receipt = screen.receipt
            if self.receipt is not None:
                return
            await self._answer(screen)

    async def _answer(self, screen: Screen) -> None:
        if screen.place is None:
            await self.phone.pick(screen, self._joining(screen))
        elif screen.kind == "text":
            await self.phone.write(self.words)
        else:
            wanted = {"single": [self.single], "several": self.several, "scale": [self.step]}[screen.kind]
            self.chosen[screen.place] = [min(place, len(screen.answers) - 1) for place in wanted]
            await self.phone.pick(screen, self.chosen[screen.place])

    def _joining(self, screen: Screen) -> Sequence[int]:
        """Choose their language, then "yes" to consent, then their province."""
        if self.language in screen.answers:
            return [screen.answers.index(self.language)]
        return [0 if len(screen.answers) == 2 else self.province]


def residents(page: Page) -> list[Resident]:
    """The owners of the four phones on the page."""
    fatima = FeaturePhone(page, "sms-1", opener="السلام عليكم", style=_in_arabic)
    driss = FeaturePhone(page, "sms-2", opener="Azul", style=_in_digits, on_keypad=True)
    amina, idir = TelegramPhone(page, "telegram-1"), TelegramPhone(page, "telegram-2")
    return [
        Resident(fatima, "العربية", "نريد طريقا معبدة إلى الدوار", single=1, several=[0, 2], step=3, province=2),
        Resident(driss, "Tamazight", "nra aman d ubrid", single=1, several=[1], step=4, province=1),
        Resident(amina, "Français", "Une bibliothèque pour les jeunes", single=0, several=[0, 1], step=2),
        Resident(idir, "ⵜⴰⵎⴰⵣⵉⵖⵜ", "ⵏⵔⴰ ⴰⵎⴰⵏ", single=3, several=[2, 1], step=3, province=1),
    ]


def _in_arabic(screen: Screen, places: Sequence[int]) -> str:
    """Answer with words if there are two choices, otherwise with Arabic-Indic digits."""
    answers = screen.answers
    if len(answers) == 2:
        return answers[places[0]]
    return " و ".join(_written(screen, place) for place in places).translate(_ARABIC_DIGITS)


def _in_digits(screen: Screen, places: Sequence[int]) -> str:
    return " ".join(_written(screen, place) for place in places)


def _written(screen: Screen, place: int) -> str:
    """The number of an answer: its place in the list, or the step of a scale."""
    return str(place + 1) if screen.offered else screen.answers[place]
