"""The letters of a text as people see them: without invisible characters, marks and look-alikes. Pure functions."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from api.text.lookalikes import in_latin
from api.text.normalise import LONGEST, in_ascii_digits

_UNSEEN = ("Mn", "Me", "Cf")  # Unicode categories of marks on letters, and of invisible characters


def visible(text: str) -> str:
    """Remove format characters, which nobody sees."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")


def readings(text: str) -> Iterator[str]:
    """The text in capitals as it is, and without the marks on its letters.

    Both are needed: a combining mark splits two words or changes a letter, depending on how people see it.
    """
    yield in_ascii_digits(text).upper()
    if not text.isascii():
        yield in_ascii_digits(bare(text)).upper()


def bare(text: str) -> str:
    """Remove the marks on letters, and replace look-alikes by the usual letters."""
    if text.isascii():
        return text
    text = in_latin(text)
    apart = unicodedata.normalize("NFKD", text)[: 2 * LONGEST]
    return "".join(letter for letter in apart if unicodedata.category(letter) not in _UNSEEN)
