"""Read the number after a command ("IDEA 17"), in any spelling, and the number in the key of a choice."""

from __future__ import annotations

import re

from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.text.normalise import normalise

_DIGITS = 9  # longer numbers are neither the number of a row nor a code
_GLUED = re.compile(r"([^\W\d_]+)(\d+)")  # "n12", "رقم12"


def argument_number(argument: str | None, lexicon: Lexicon) -> int | None:
    """Return the number after a command ("IDEA 17"), in any digits or as a word; None if anything else follows.

    Signs and filler words around the number do not matter: "12", "n°12", "#12", "no 12", "رقم ١٢", "l'engagement 12".
    If a number is too large for the id of a row, it is returned as 0, an id that no row has.
    """
    normalised = normalise(argument or "")
    if normalised in lexicon.numbers:
        return lexicon.numbers[normalised]
    significant = [_unglued(word, lexicon) for word in normalised.split() if word not in lexicon.fillers]
    return key_number(significant[0]) or 0 if len(significant) == 1 and significant[0].isdecimal() else None


def count_numbers(text: str, lexicon: Lexicon) -> int:
    """Return how many numbers a text consists of; 0 if it contains anything except numbers and filler words."""
    significant = [word for word in normalise(text).split() if word not in lexicon.fillers and word not in lexicon.ands]
    return len(significant) if all(word.isdecimal() or word in lexicon.numbers for word in significant) else 0


def key_number(text: str) -> int | None:
    """Return the number at the end of a choice's key; None if it cannot be the id of a row.

    `text` is only the end of the key.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else None


def _unglued(word: str, lexicon: Lexicon) -> str:
    match = _GLUED.fullmatch(word)
    return match[2] if match and match[1] in lexicon.fillers else word
