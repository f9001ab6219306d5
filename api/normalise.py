"""Eight steps from what a person typed to a key that can be compared, in this order."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from api.tifinagh import fold_latin, to_latin

# Before step 7 drops them: what a sign says. Each word is a keyword.
_SIGNS = {
    **dict.fromkeys("👍✅✔☑", " oui "),
    **dict.fromkeys("👎❌✖✗✘", " non "),
    "👌": " bien sur ",
    "🙏": " merci ",
    "🅰": " a ",
    "🅱": " b ",
}
_NUMBER_SIGN = re.compile(r"\b[nN]\s*[°º]|№")
_SIGN = re.compile("|".join(map(re.escape, _SIGNS)))
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u061c\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufe0e\ufe0f\u20e3\u0640]")
_ARABIC = str.maketrans(
    {
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ڭ": "ك", "گ": "ك",
        "ئ": "ي", "ؤ": "و", "ة": "ه", "ء": None, "ڤ": "ف", "پ": "ب",
    }
)  # fmt: skip
_LATIN = str.maketrans({"œ": "oe", "ε": "a", "ı": "i"})
_BETWEEN = re.compile(r"[\W_]+")
_REPEATED = re.compile(r"([^\W\d_])\1+")


def fold(text: str) -> str:
    """Steps 1 to 6: one spelling of every letter and digit; signs between them still stand."""
    text = _NUMBER_SIGN.sub(" numero ", _SIGN.sub(lambda found: _SIGNS[found.group()], text))
    text = unicodedata.normalize("NFKC", text).casefold()  # 1
    text = _INVISIBLE.sub("", text)  # 2
    if not text.isascii():
        text = in_ascii_digits(text)  # 3
        text = text.translate(_ARABIC)  # 4
        text = _without_marks(text)  # 5
        text = _REPEATED.sub(r"\1", text)  # 8, early: two of a letter that becomes two letters ("ⵖⵖ")
        text = fold_latin(to_latin(text)).translate(_LATIN)  # 6
    return text


def key(folded: str) -> str:
    """Steps 7 and 8, of a folded text."""
    return _REPEATED.sub(r"\1", _BETWEEN.sub(" ", folded).strip())


@lru_cache(maxsize=8192)
def normalise(text: str) -> str:
    """The key of a text: idempotent, the same for every mark, case, digit script and doubled letter.

    A lone question mark, which asks for help, is its own key.
    """
    if text.strip() in ("?", "؟"):
        return "?"
    return key(fold(text))


def in_ascii_digits(text: str) -> str:
    """The text with each digit of any script ("٩", "۹") as 0 to 9; all else stays as it is."""
    return "".join(map(_digit, text))


def _digit(letter: str) -> str:
    value = unicodedata.digit(letter, None) if not letter.isalpha() else None
    return letter if value is None else str(value)


def _without_marks(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(letter for letter in apart if unicodedata.category(letter) != "Mn"))
