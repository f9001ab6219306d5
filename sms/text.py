"""Render a message for a feature phone: plain text, numbered options, and the words for going back or skipping."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from api.channel import Choice
from api.text import bidi
from api.text.normalise import uncrowded
from api.text.tifinagh import fold_latin

# Typographic spaces that GSM-7 lacks; they look the same but double the price.
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u2007\u2009\u202f", " "))


def render_sms(text: str, choices: Sequence[Choice] = ()) -> str:
    """Return the text, a line for each option ("1) Water"), and a last line with words such as "BACK / SKIP"."""
    options = [choice for choice in choices if not choice.action]
    option_lines = [
        f"{choice.sign or place}) {choice.typed or choice.label}"
        for place, choice in enumerate(options, start=1)
        if not choice.told  # such as the steps of a scale: the text already says which numbers are possible
    ]
    ways_out = " / ".join(plain_sms(choice.typed or choice.label).upper() for choice in choices if choice.action)
    lines = [*text.split("\n"), *option_lines, *([ways_out] if ways_out else ())]
    return bidi.right_align("\n".join(plain_sms(line) for line in lines).strip())


def plain_sms(text: str) -> str:
    """Return the text with some characters replaced, so that it needs fewer SMS segments.

    Letters with separate accents become single characters. The special Latin letters of Tamazight become plain ones.
    Typographic spaces become plain spaces.
    """
    return bidi.without_isolates(fold_latin(unicodedata.normalize("NFC", uncrowded(text)))).translate(_SPACES)
