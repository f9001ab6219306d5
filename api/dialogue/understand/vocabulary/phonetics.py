"""Compare words by sound, in Arabic script, Arabizi or Latin Tamazight: "الطريق", "tri9" and "ttriq" match. Pure.

A word's key is its consonants, without its article and vowels; sounds that people mix up share one letter. Arabic omits
short vowels, and so do many people who write Darija in Latin letters. So `agree` compares only the vowels that both
words have.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from api.dialogue.understand.vocabulary.reading_cache import forgettable

_ARABIC = {
    **dict(zip("بتثجحخدذرزسشصضطظعغفقكلمنه", "bttjhxddrzscsdtd3gfkklmnh", strict=True)),
    **dict(zip("اوي", "AUI", strict=True)),
}  # fmt: skip
# Capital letters are vowels; "E" stands for any vowel. The longest groups of letters are looked up first.
_LATIN = {
    "kh": "x", "gh": "g", "sh": "c", "ch": "c", "dh": "d", "th": "t", "ou": "U", "ck": "k", "qu": "k", "tch": "c",
    "b": "b", "t": "t", "j": "j", "h": "h", "7": "h", "x": "x", "5": "x", "d": "d", "r": "r", "z": "z", "s": "s",
    "c": "q", "3": "3", "4": "g", "8": "g", "f": "f", "v": "f", "q": "k", "9": "k", "k": "k", "g": "k", "l": "l",
    "m": "m", "n": "n", "p": "b", "6": "t", "2": "",
    "a": "A", "e": "E", "i": "I", "o": "U", "u": "U", "w": "U", "y": "I",
}  # fmt: skip
_PARTS = re.compile("|".join(sorted(_LATIN, key=len, reverse=True)))
_ARTICLES = ("وال", "بال", "فال", "كال", "ولل", "ال", "لل")
_LEAST = 2  # minimum letters left of a word once its article is removed
_LATIN_WORD = re.compile("[a-z0-9]+")
_ARABIC_WORD = re.compile("[ء-ي]+")
_LONGEST = 24  # maximum letters in a word that is compared by sound
FREE = 3  # minimum consonants to recognise a word by its sound, whatever vowels it omits


class Sound(NamedTuple):
    """The consonants of a word (`key`), and the vowels before, between and after them: "" where no vowel is written."""

    key: str
    vowels: tuple[str, ...]


def phonetic(word: str) -> str:
    """Return the consonants of a normalised word; "" if its script is not compared by sound."""
    return sound(word).key


@forgettable
@lru_cache(maxsize=8192)
def sound(word: str) -> Sound:
    """Return how a normalised word sounds, without its article.

    The result is empty for long words, and for scripts that are not compared by sound.
    """
    if len(word) > _LONGEST:
        return Sound("", ())
    if _ARABIC_WORD.fullmatch(word):
        return _arabic(word)
    if _LATIN_WORD.fullmatch(word) and not word.isdecimal():
        bare = word[1:] if re.match("l[^aeiouyl]", word) and len(word) > _LEAST else word
        return _sound([_LATIN[part] for part in _PARTS.findall(bare)])
    return Sound("", ())


def agree(one: Sound, other: Sound) -> bool:
    """Return whether two sounds may be the same word: equal consonants, and no different vowels written.

    If a word is short, many others sound like it. So short words must also agree on the vowels at both ends.
    """
    if one.key != other.key or not one.key:
        return False
    is_short = len(one.key) < FREE
    pairs = list(zip(one.vowels, other.vowels, strict=True))
    ends = (pairs[0], pairs[-1]) if is_short else ()
    return all(_may_be(a, b) for a, b in (*pairs[1:], *ends)) and all(bool(a) == bool(b) for a, b in ends)


def _bare(word: str) -> str:
    """Return an Arabic word without its article, and with ا as its feminine ending."""
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= _LEAST:
            word = word[len(article) :]
            break
    return f"{word[:-1]}ا" if word.endswith("ه") else word  # "ة", once normalised


def _arabic(word: str) -> Sound:
    """Return the sound of an Arabic word."""
    parts = [_ARABIC.get(letter, "") for letter in _bare(word)]
    # an initial alif may be any vowel
    parts[0] = "E" if parts[0] == "A" else parts[0]
    # a final "ي" may have been "ى" before the text was normalised
    parts[-1] = "E" if parts[-1] == "I" else parts[-1]
    return _sound(parts)


def _sound(parts: list[str]) -> Sound:
    key, vowels = "", [""]
    for part in parts:
        if part.isupper():
            vowels[-1] += part if part not in vowels[-1] else ""
        elif part and not (key.endswith(part) and not vowels[-1]):
            key += part
            vowels.append("")
    return Sound(key, tuple(vowels))


def _may_be(one: str, other: str) -> bool:
    if not one or not other or "E" in one or "E" in other:
        return True
    return one == other or set(one) <= set(other) or set(other) <= set(one)
