"""Receipts as people write them: alone, in a sentence, with blanks and dashes in them. Pure."""

from __future__ import annotations

import re
import unicodedata

from api.consultations.ballots import ALPHABET
from api.normalise import in_ascii_digits

LENGTH = 8
_BETWEEN = ("Zs", "Pd", "Cf")  # categories of blanks, dashes and marks of direction
_WORD = re.compile(r"[^\W_]+")
_NO_LETTER = re.compile(r"[\W_]+")
_RUN = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def tidy(written: str) -> str | None:
    """The receipt that was written, in capitals, with digits 0 to 9; None if it cannot be one.

    Blanks, dashes and invisible marks, which come along with what is copied out of a message, are left out.
    """
    kept = (letter for letter in written if unicodedata.category(letter) not in _BETWEEN)
    found = in_ascii_digits("".join(kept)).upper()
    return found if len(found) == LENGTH and set(found) <= set(ALPHABET) else None


def within(text: str) -> list[str]:
    """What may be a receipt within a text, in capitals: words of it, or several in a row that make up one."""
    shown = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    words, found = [in_ascii_digits(word).upper() for word in _WORD.findall(shown)], list[str]()
    for start in range(len(words)):
        joined, end = "", start
        while len(joined) < LENGTH and end < len(words):
            joined, end = joined + words[end], end + 1
        if len(joined) == LENGTH and set(joined) <= set(ALPHABET):
            found.append(joined)
    return found


def without(text: str) -> str:
    """A text without what may be a receipt in it, where that is one word."""
    return _WORD.sub(lambda word: "" if tidy(word.group()) is not None else word.group(), text)


def may_be_named(written: str) -> bool:
    """Whether somebody may have written a receipt in this text, however: sooner once too often than not at all."""
    plain = in_ascii_digits(unicodedata.normalize("NFKC", written)).upper()
    return _RUN.search(_NO_LETTER.sub("", plain)) is not None
