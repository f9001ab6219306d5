"""Suggest a person's language from the script of their first message or from the language of their app."""

from __future__ import annotations

from dataclasses import dataclass

from api.i18n import language_of_tag

_ARABIC = range(0x0600, 0x0780)
_TIFINAGH = range(0x2D30, 0x2D80)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggested language, and whether it is sure enough to greet the person in it without asking."""

    language: str | None
    sure: bool = False


def suggest(text: str, app_language: str | None = None) -> Suggestion:
    """Suggest a language from the letters of a text.

    Arabic and Tifinagh letters make the language sure. Latin letters may be French, Tamazight or Darija, so the
    suggestion is not sure. It is the language of the app or, without one, French.
    """
    letters = [ord(letter) for letter in text if letter.isalpha()]
    arabic = sum(letter in _ARABIC for letter in letters)
    tifinagh = sum(letter in _TIFINAGH for letter in letters)
    if 2 * tifinagh > len(letters):
        return Suggestion("zgh", sure=True)
    if 2 * arabic > len(letters):
        return Suggestion("ar", sure=True)
    return Suggestion(language_of_tag(app_language) or ("fr" if letters else None))
