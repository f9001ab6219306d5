"""Read the letters that label options, and detect repeated letters that are not labels ("bb", "aaaa"). Pure."""

from __future__ import annotations

import re
import unicodedata

import regex

from api.text.normalise import LONGEST, fold, normalise

# The labels of options, in order. The Arabic row is the abjad without و, which means "and".
SIGNS = {"ar": "أبجدهزحطي", "fr": "ABCDEFGHI", "zgh": "ABCDEFGHI"}
_SHAPES = 4  # maximum ways to write one letter: small and capital, with a hamza above or below
_MOST = 48  # maximum words in an answer in which a letter may select an option
_WORD = re.compile(r"[^\W\d_]+")
_ALONE = re.compile(r"(?<![^\W\d_])[^\W\d_](?![^\W\d_])")
_MARKS = regex.compile(r"[\p{Mn}\p{Me}\p{Cf}\p{Lm}]+")
_PLACES = {fold(letter): place for row in SIGNS.values() for place, letter in enumerate(row, start=1)}


def letter_position(token: str) -> int | None:
    """Return the position, from 1, of the option that this letter labels; None if it labels none."""
    return _PLACES.get(token)


def has_repeated_letter(text: str) -> bool:
    """Return whether a word is one letter repeated ("bb"). After normalising, it would look like a label."""
    normalised = normalise(text)
    if normalised.count(" ") >= _MOST or not _ALONE.search(normalised):
        return False
    words = {word for word in _WORD.findall(_plain(text)) if len(word) > 1}
    return any(len({*word.casefold()}) <= _SHAPES and len(normalise(word)) == 1 for word in words)


def _plain(text: str) -> str:
    """Return the text without accents, invisible marks and tatweels, which do not change a letter."""
    return text if text.isascii() else _MARKS.sub("", unicodedata.normalize("NFKD", text)[:LONGEST])
