"""Recognise reactions to a message that phones spell out in an SMS: `👍 to “…”`, `Liked “…”`, `A aimé « … »`."""

from __future__ import annotations

import re
import unicodedata

from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.text.normalise import normalise

_QUOTED = re.compile(r"(?P<head>[^«“”„\"‹]{1,60})[«“”„\"‹](?P<said>.*)[»“”\"›][\s.\u200b-\u200f]*", re.DOTALL)
_SYMBOLS = ("So", "Sk", "Mn", "Cf", "Po")  # Unicode categories of signs, their skin tones and selectors
_LONGEST = 80  # maximum letters in a reaction that quotes nothing


def reaction(text: str, lexicon: Lexicon) -> str | None:
    """If a phone spelt out a reaction in words, return its emoji ("👍"); otherwise None."""
    quoted = _QUOTED.fullmatch(text.strip())
    if quoted is not None:
        return _sign(quoted["head"], lexicon)
    if len(text) > _LONGEST:
        return None
    words = text.split()
    for places in (1, 2, 3):
        if normalise(" ".join(words[-places:])) in lexicon.things:
            return _sign(" ".join(words[:-places]), lexicon)
    return None


def only_signs(text: str) -> bool:
    """Return whether a text consists only of emoji and other symbols ("👍", "❤️ 🔥")."""
    kinds = {unicodedata.category(letter) for letter in text if not letter.isspace()}
    return "So" in kinds and kinds <= {"So", "Sk", "Mn", "Me", "Cf", "Zs"}


def _sign(head: str, lexicon: Lexicon) -> str | None:
    known = lexicon.signs.get(normalise(head))
    if known is not None:
        return known
    symbols = "".join(letter for letter in head if unicodedata.category(letter) in _SYMBOLS and letter not in "'’.،,")
    words = "".join(" " if letter in symbols else letter for letter in head)
    return (
        symbols.strip("\u200b\u200e\u200f\u200d") or None if normalise(words) in lexicon.reacted and symbols else None
    )
