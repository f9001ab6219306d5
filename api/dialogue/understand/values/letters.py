"""The letters that options are called by, and what is none: one letter held down ("bb", "aaaa"). Pure."""

from __future__ import annotations

import re
import unicodedata

import regex

from api.text.normalise import LONGEST, fold, normalise

# What options are called by, in their order. The Arabic row is the abjad without و, which says "and".
SIGNS = {"ar": "أبجدهزحطي", "fr": "ABCDEFGHI", "zgh": "ABCDEFGHI"}
_SHAPES = 4  # ways to write one letter: small and capital, with a hamza above or below
_MOST = 48  # words of an answer in which a letter may name an option
_WORD = re.compile(r"[^\W\d_]+")
_ALONE = re.compile(r"(?<![^\W\d_])[^\W\d_](?![^\W\d_])")
_MARKS = regex.compile(r"[\p{Mn}\p{Me}\p{Cf}\p{Lm}]+")
_PLACES = {fold(letter): place for row in SIGNS.values() for place, letter in enumerate(row, start=1)}


def lettered(token: str) -> int | None:
    """The place of the option that is called by this letter, 1 being the first."""
    return _PLACES.get(token)


def held(text: str) -> bool:
    """Whether a word is one letter held down ("bb"), which normalised looks like the letter of an option."""
    said = normalise(text)
    if said.count(" ") >= _MOST or not _ALONE.search(said):
        return False
    words = {word for word in _WORD.findall(_plain(text)) if len(word) > 1}
    return any(len({*word.casefold()}) <= _SHAPES and len(normalise(word)) == 1 for word in words)


def _plain(text: str) -> str:
    """The text without accents, invisible marks and tatweels, which are no second letter."""
    return text if text.isascii() else _MARKS.sub("", unicodedata.normalize("NFKD", text)[:LONGEST])
