"""The number behind a word ("IDEA 17"), however it is written, and the number in a choice's key."""

from __future__ import annotations

import re

from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.text.normalise import normalise

_DIGITS = 9  # a longer one is no row's number, and no code
_GLUED = re.compile(r"([^\W\d_]+)(\d+)")  # "n12", "رقم12"


def behind(argument: str | None, lexicon: Lexicon) -> int | None:
    """The number that is all of what was written behind a word, in any digits or as a word; None where more is said.

    Signs and small words around it do not matter: "12", "n°12", "#12", "no 12", "رقم ١٢", "l'engagement 12". One that
    no row can have is 0, which none has.
    """
    said = normalise(argument or "")
    if said in lexicon.numbers:
        return lexicon.numbers[said]
    told = [_unglued(word, lexicon) for word in said.split() if word not in lexicon.fillers]
    return keyed(told[0]) or 0 if len(told) == 1 and told[0].isdecimal() else None


def numbers_of(text: str, lexicon: Lexicon) -> int:
    """How many numbers a text is made of; 0 if it says anything else, small words aside."""
    told = [word for word in normalise(text).split() if word not in lexicon.fillers and word not in lexicon.ands]
    return len(told) if all(word.isdecimal() or word in lexicon.numbers for word in told) else 0


def keyed(text: str) -> int | None:
    """The whole number at the end of a key, which nobody wrote; None where it is none that a row can have."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else None


def _unglued(word: str, lexicon: Lexicon) -> str:
    found = _GLUED.fullmatch(word)
    return found[2] if found and found[1] in lexicon.fillers else word
