"""Propose a text without the letters that double the price of an SMS; staff decide whether to use it."""

from __future__ import annotations

import unicodedata

from api.text.normalise import uncrowded
from sms.segments import UCS2, count, fits_gsm7

_SAME = str.maketrans(
    {
        **dict.fromkeys("‘’‚′`´", "'"), **dict.fromkeys("“”„«»″", '"'), **dict.fromkeys("‐‑‒–—−", "-"),
        **dict.fromkeys("\u00a0\u2007\u2009\u200a\u202f\t", " "), **dict.fromkeys("\u00ad\u200b\u2060\ufeff", None),
        "…": "...", "•": "-", "œ": "oe", "Œ": "OE", "°": "o", "№": "No", "×": "x",
    }
)  # fmt: skip


def propose(text: str) -> str | None:
    """Return a cheaper text with only GSM-7 letters, for example "etre" for "être". If there is none, return None."""
    if count(text).encoding != UCS2:
        return None
    text = unicodedata.normalize("NFC", uncrowded(text)).translate(_SAME)
    proposed = "".join(letter if fits_gsm7(letter) else _bare(letter) for letter in text)
    return proposed if fits_gsm7(proposed) else None  # Arabic letters, for example, have no replacement


def _bare(letter: str) -> str:
    """Return a letter without its accents."""
    return "".join(part for part in unicodedata.normalize("NFD", letter) if unicodedata.category(part) != "Mn")
