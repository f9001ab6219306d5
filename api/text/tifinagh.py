"""Convert Tifinagh (IRCAM, 33 letters) to Latin letters, and special Latin letters to ones that every handset has."""

from __future__ import annotations

_LETTERS = dict(zip("ⴰⴱⴳⴷⴹⴻⴼⴽⵀⵃⵄⵅⵇⵉⵊⵍⵎⵏⵓⵔⵕⵖⵙⵚⵛⵜⵟⵡⵢⵣⵥⵯ", "abgdḍefkhḥɛxqijlmnurṛɣsṣctṭwyzẓʷ", strict=True))
_TO_LATIN = str.maketrans(_LETTERS)
_PLAIN = {
    "ɣ": "gh", "ɛ": "a", "ʷ": "w", "ḍ": "d", "ḥ": "h", "ṛ": "r", "ṣ": "s", "ṭ": "t", "ẓ": "z",
    "Ɣ": "Gh", "Ɛ": "A", "Ḍ": "D", "Ḥ": "H", "Ṛ": "R", "Ṣ": "S", "Ṭ": "T", "Ẓ": "Z",
}  # fmt: skip
_FOLD = str.maketrans(_PLAIN)
# Every letter of both alphabets mapped to its folded Latin form, so that one step replaces two.
PLAIN = {**_PLAIN, **{tifinagh: _PLAIN.get(letter, letter) for tifinagh, letter in _LETTERS.items()}}


def to_latin(text: str) -> str:
    """Return a text with Tifinagh letters replaced by IRCAM's Latin letters. Other letters do not change."""
    return text.translate(_TO_LATIN)


def fold_latin(text: str) -> str:
    """Replace IRCAM's special Latin letters by plain ones, so that an SMS fits GSM-7."""
    return text.translate(_FOLD)
