"""A message as a feature phone shows it: plain text, numbered options, ways out as words."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from api.channel import Choice
from api.text import bidi
from api.text.normalise import uncrowded
from api.text.tifinagh import fold_latin

# Spaces that typography and number formats use, and GSM-7 has not: the eye sees no difference, the bill does.
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f", " "))


def written(text: str, choices: Sequence[Choice] = ()) -> str:
    """Text, then one line for each option ("1) Water", or its letter), then the words that lead out ("BACK / SKIP").

    The steps of a scale need no lines: the text already says which numbers count.
    """
    options = [choice for choice in choices if not choice.action]
    listed = [
        f"{choice.sign or place}) {choice.typed or choice.label}"
        for place, choice in enumerate(options, start=1)
        if not choice.told
    ]
    ways_out = " / ".join(plain(choice.typed or choice.label).upper() for choice in choices if choice.action)
    lines = [*text.split("\n"), *listed, *([ways_out] if ways_out else ())]
    return bidi.right_align("\n".join(plain(line) for line in lines).strip())


def plain(text: str) -> str:
    """The text composed (a letter and its accent apart force UCS-2), Tamazight in plain letters, spaces of GSM-7."""
    return bidi.without_isolates(fold_latin(unicodedata.normalize("NFC", uncrowded(text)))).translate(_SPACES)
