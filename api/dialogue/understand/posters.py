"""The keyword of a poster in a message, however it is written around: "START VOTE", "«plan»", "PLAN!". Pure."""

from __future__ import annotations

import re
import unicodedata

from api.dialogue.understand.lexicon import Lexicon
from api.normalise import normalise

_LONGEST = 160  # letters of a message that may be a keyword and signs
_CODE = re.compile("[a-z][a-z0-9-]*")  # as a consultation's code is written


def poster(text: str, lexicon: Lexicon) -> str:
    """The keyword that is all of a message but signs and marks around it, and a word for START; "" if it is none."""
    words = [word for each in text.split() if (word := _bare(each))] if len(text) <= _LONGEST else []
    if len(words) == 2 and _starts(words[0], lexicon):
        words = words[1:]
    return words[0] if len(words) == 1 and _CODE.fullmatch(words[0]) else ""


def _bare(word: str) -> str:
    """A word in small letters, without the signs and invisible marks around it."""
    shown = "".join(letter for letter in unicodedata.normalize("NFKC", word) if unicodedata.category(letter) != "Cf")
    kept = [place for place, letter in enumerate(shown) if letter.isalnum()]
    return shown[kept[0] : kept[-1] + 1].casefold() if kept else ""


def _starts(word: str, lexicon: Lexicon) -> bool:
    meaning = lexicon.meaning(normalise(word))
    return meaning is not None and meaning.intent == "start"
