"""What ideas and proposals are about: a short list of themes as data, and the one that a text seems to speak of."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from api.text.normalise import normalise

_FILE = Path(__file__).parent / "data" / "themes.toml"
# What Arabic writes before a word, joined to it: the article, "and", "in", "for".
_BEFORE = ("وال", "بال", "فال", "ال", "لل", "و", "ب", "ل", "ف")
_SHORTEST = 3  # letters that are left of a word once what may be joined to it is taken off


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: its code, its name in each language, and the normalised words by which it is known."""

    code: str
    words: dict[str, str]
    known_by: frozenset[str]


@cache
def themes() -> tuple[Theme, ...]:
    """All themes, in the order they are offered."""
    listed = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        Theme(code, {language: each[language] for language in ("ar", "fr", "zgh")}, _keys(each["words"]))
        for code, each in listed.items()
    )


def theme(code: str) -> Theme | None:
    """The theme of this code."""
    return next((each for each in themes() if each.code == code), None)


def suggest(text: str) -> Theme | None:
    """The theme most words of a text speak of, the first named among equals; None where no word is known."""
    found = [known for word in normalise(text).split() if (known := _of(word)) is not None]
    return theme(Counter(found).most_common(1)[0][0]) if found else None


def _of(word: str) -> str | None:
    forms = _forms(word)  # one look-up each: a long text has two thousand words
    places = [place for form in forms if (place := _places().get(form)) is not None]
    return themes()[min(places)].code if places else None


@cache
def _places() -> dict[str, int]:
    """Every word of the themes, and the place of the first theme that is known by it."""
    return {word: place for place, each in reversed([*enumerate(themes())]) for word in each.known_by}


def _forms(word: str) -> set[str]:
    """A word, and what it may be without a French plural or an Arabic article or preposition."""
    bare = [word.removeprefix(joined) for joined in _BEFORE if word.startswith(joined)]
    forms = [word, word.removesuffix("s"), word.removesuffix("x"), *bare]
    return {each for each in forms if each == word or len(each) >= _SHORTEST}


def _keys(words: list[str]) -> frozenset[str]:
    return frozenset(normalise(word) for word in words)
