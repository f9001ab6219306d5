"""The themes of ideas and proposals, loaded from a data file, and the suggestion of a theme for a text."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from api.text.normalise import normalise

_FILE = Path(__file__).parent / "data" / "themes.toml"
# Prefixes that Arabic joins to a word: the article, "and", "in", "for".
_BEFORE = ("وال", "بال", "فال", "ال", "لل", "و", "ب", "ل", "ف")
_SHORTEST = 3  # letters that must be left of a word after its prefix is removed


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: its code, its name in each language, and the normalised words that suggest it."""

    code: str
    words: dict[str, str]
    known_by: frozenset[str]


@cache
def themes() -> tuple[Theme, ...]:
    """Return all themes in the order in which they are offered."""
    listed = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        Theme(code, {language: each[language] for language in ("ar", "fr", "zgh")}, _keys(each["words"]))
        for code, each in listed.items()
    )


def theme(code: str) -> Theme | None:
    """Return the theme with this code; None if there is none."""
    return next((each for each in themes() if each.code == code), None)


def suggest(text: str) -> Theme | None:
    """Return the theme suggested by most words of a text; None if no word suggests a theme.

    If several themes are suggested by equally many words, return the one that the text mentions first.
    """
    codes = [code for word in normalise(text).split() if (code := _of(word)) is not None]
    return theme(Counter(codes).most_common(1)[0][0]) if codes else None


def _of(word: str) -> str | None:
    forms = _forms(word)  # a long text has two thousand words, so each form takes one look-up
    places = [place for form in forms if (place := _places().get(form)) is not None]
    return themes()[min(places)].code if places else None


@cache
def _places() -> dict[str, int]:
    """Return the position of the first theme that each word suggests."""
    return {word: place for place, each in reversed([*enumerate(themes())]) for word in each.known_by}


def _forms(word: str) -> set[str]:
    """Return a word, and its forms without a French plural ending or an Arabic prefix."""
    bare = [word.removeprefix(joined) for joined in _BEFORE if word.startswith(joined)]
    forms = [word, word.removesuffix("s"), word.removesuffix("x"), *bare]
    return {each for each in forms if each == word or len(each) >= _SHORTEST}


def _keys(words: list[str]) -> frozenset[str]:
    return frozenset(normalise(word) for word in words)
