"""Reduce texts to the letters that people see, without invisible characters, marks and look-alikes. Pure functions."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from api.text.lookalikes import in_latin
from api.text.normalise import LONGEST, in_ascii_digits

_UNSEEN = ("Mn", "Me", "Cf")  # Unicode categories of marks on letters, and of invisible characters


def visible(text: str) -> str:
    """Return the text without format characters, which are invisible."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")


def readings(text: str) -> Iterator[str]:
    """Yield the text in capitals, and then in capitals without the marks on its letters.

    Both are needed, because a combining mark may look like a space between words or like a part of a letter.
    """
    yield in_ascii_digits(text).upper()
    if not text.isascii():
        yield in_ascii_digits(bare(text)).upper()


def bare(text: str) -> str:
    """Return the text without marks on letters, and with the usual Latin letters instead of look-alikes."""
    if text.isascii():
        return text
    text = in_latin(text)
    apart = unicodedata.normalize("NFKD", text)[: 2 * LONGEST]
    return "".join(letter for letter in apart if unicodedata.category(letter) not in _UNSEEN)
