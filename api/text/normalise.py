"""Turn typed text into a key for comparison, in eight numbered steps.

A text after steps 1 to 6 is called folded. A text after all eight steps is called normalised.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import regex

from api.text.tifinagh import PLAIN

LONGEST = 4096  # letters, the limit of a Telegram message; folding cuts again, since one letter may become 18 (U+FDFA)
# Each sign's meaning as a keyword, which replaces the sign before step 7 would drop it.
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
_LATIN = str.maketrans({"œ": "oe", "ε": "a", "ı": "i", **PLAIN})
_BETWEEN = re.compile(r"[\W_]+")
_REPEATED = re.compile(r"([^\W\d_])\1+")
_DIGITS = regex.compile(r"(?![0-9])[\p{Nd}\p{No}]")
_MARKS = regex.compile(r"\p{Mn}+")
_LONG = {letter: unicodedata.normalize("NFKC", letter) for letter in "\ufdfa\ufdfb"}  # 18 and 8 letters; others: ≤ 4
_GROWN = 400  # letters that spelling out signs may add: fractions, "الله" in one letter
_CROWD = regex.compile(r"(\p{M}{30})\p{M}+")


@lru_cache(maxsize=64)
def fold(text: str) -> str:
    """Apply steps 1 to 6: each letter and digit has one spelling, and separators are kept.

    Returns at most LONGEST letters.
    """
    text = _NUMBER_SIGN.sub(" numero ", _SIGN.sub(lambda match: _SIGNS[match.group()], uncrowded(text)[:LONGEST]))
    most = min(len(text) + _GROWN, LONGEST)
    for letter, written in _LONG.items():  # first, to keep the text short before normalisation
        text = text.replace(letter, written, most // len(written))
    text = unicodedata.normalize("NFKC", text[:most])[:most].casefold()[:most]  # 1
    text = _INVISIBLE.sub("", text)  # 2
    if not text.isascii():
        text = in_ascii_digits(text)  # 3
        text = text.translate(_ARABIC)  # 4
        text = _without_marks(text)  # 5
        text = _REPEATED.sub(_once, text)  # 8, early: for doubled letters that become two letters ("ⵖⵖ")
        text = text.translate(_LATIN)[:LONGEST]  # 6
    return text


def uncrowded(text: str) -> str:
    """Return the text with at most 30 combining marks in a row (Stream-Safe Text Format, UAX 15).

    Python sorts a row of marks in quadratic time: normalising 4,096 of them takes 25 ms.
    """
    return text if text.isascii() else _CROWD.sub(r"\1", text)


def key(folded: str) -> str:
    """Apply steps 7 and 8 to a folded text: join separators into one space, and repeated letters into one."""
    return _REPEATED.sub(_once, _BETWEEN.sub(" ", folded).strip())


@lru_cache(maxsize=8192)
def normalise(text: str) -> str:
    """Return the comparison key of a text. Marks, case, the script of digits and doubled letters do not change it.

    The key of a key is the key itself. A lone question mark, which asks for help, is its own key.
    """
    if text.strip() in ("?", "؟"):
        return "?"
    return key(fold(text))


def in_ascii_digits(text: str) -> str:
    """Return the text with digits of any script ("٩", "۹") replaced by 0 to 9."""
    return text if text.isascii() else _DIGITS.sub(_digit, text)


def _once(match: re.Match[str]) -> str:
    return match[1]


def _digit(match: regex.Match[str]) -> str:
    return _in_ascii(match[0])


@lru_cache(maxsize=1024)
def _in_ascii(digit: str) -> str:
    value = unicodedata.digit(digit, None)
    return digit if value is None else str(value)


def _without_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", _MARKS.sub("", decomposed))
