"""Eight steps from what a person typed to a key that can be compared, in this order."""

from __future__ import annotations

import re
import unicodedata

from api.tifinagh import fold_latin, to_latin

_EMOJI = {"👍": " yes ", "✅": " yes ", "👎": " no ", "❌": " no "}  # before step 7 drops them
_INVISIBLE = re.compile("[\u200b-\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufe0f\u20e3\u0640]")
_ARABIC = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ڭ": "ك", "گ": "ك",
        "ئ": "ي", "ؤ": "و", "ة": "ه", "ء": None, "ڤ": "ف", "پ": "ب",
    }
)  # fmt: skip
_LATIN = str.maketrans({"œ": "oe", "ε": "a"})
_BETWEEN = re.compile(r"[\W_]+")
_REPEATED = re.compile(r"([^\W\d_])\1+")


def normalise(text: str) -> str:
    """The key of a text: idempotent, the same for every mark, case, digit script and doubled letter."""
    for sign, word in _EMOJI.items():
        text = text.replace(sign, word)
    if text.strip() in ("?", "؟"):
        return "?"
    text = unicodedata.normalize("NFKC", text).casefold()  # 1
    text = _INVISIBLE.sub("", text)  # 2
    text = "".join(_digit(letter) for letter in text)  # 3
    text = text.translate(_ARABIC)  # 4
    text = _without_marks(text)  # 5
    text = fold_latin(to_latin(text)).translate(_LATIN)  # 6
    text = _BETWEEN.sub(" ", text).strip()  # 7
    return _REPEATED.sub(r"\1", text)  # 8


def _digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)


def _without_marks(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(letter for letter in apart if unicodedata.category(letter) != "Mn"))
