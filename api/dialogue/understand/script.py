"""What the script of a first message, or the language of an app, suggests about a person's language."""

from __future__ import annotations

from dataclasses import dataclass

from api.i18n import language_of_tag

_ARABIC = range(0x0600, 0x0780)
_TIFINAGH = range(0x2D30, 0x2D80)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A language, and whether it is sure enough to greet in without asking."""

    language: str | None
    sure: bool = False


def suggest(text: str, app_language: str | None = None) -> Suggestion:
    """Suggest from the letters: Arabic and Tifinagh are sure; Latin may be French, Tamazight or Darija, so ask."""
    letters = [ord(letter) for letter in text if letter.isalpha()]
    arabic = sum(letter in _ARABIC for letter in letters)
    tifinagh = sum(letter in _TIFINAGH for letter in letters)
    if 2 * tifinagh > len(letters):
        return Suggestion("zgh", sure=True)
    if 2 * arabic > len(letters):
        return Suggestion("ar", sure=True)
    return Suggestion(language_of_tag(app_language) or ("fr" if letters else None))
