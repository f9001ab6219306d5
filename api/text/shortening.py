"""Shorten texts between words. A shortened text never ends in a small word such as an article."""

from __future__ import annotations

import unicodedata

# Articles, prepositions and other small words, by language. A text cut after one reads badly: "L'eau dans les...".
SMALL = {
    "ar": (
        "في من على إلى الى عن مع بين عند لدى حول ضد نحو حتى منذ خلال قبل بعد دون بدون غير عبر لأجل أجل أو او أم "
        "ثم أن ان إن كل بعض أي هذا هذه ذلك تلك التي الذي الذين لا ما لم لن قد ديال هاد و ف ب ل"
    ),
    "fr": (
        "le la les l un une des du de d à a au aux en dans sur sous par pour avec sans chez vers entre contre depuis "
        "dès selon et ou ni mais que qu qui dont où ce cet cette ces c leur leurs son sa ses nos vos mes notre votre "
        "mon ma ne n se s plus moins très est sont si afin lors près hors jusqu jusque puis car comme"
    ),
    "zgh": (
        "ⵏ ⴷ ⵙ ⴳ ⵉ ⵖⵔ ⵙⴳ ⵣⴳ ⵅⴼ ⴰⵔ ⴰⴽⴷ ⴷⴳ ⴷⴰⵜ ⵏⵉⵖ ⵎⴰⵛⴰ ⴱⵍⴰ ⴰⴷ ⵓⵔ ⵉⵙ ⴰⵎ "
        "n d s g i ghr ɣr sg zg xf ar akd dg dat nigh niɣ maca bla ad ur is am"
    ),
}
_SMALL = frozenset(word.casefold() for words in SMALL.values() for word in words.split())  # for texts of any language
_AND = "و"  # joined to the next word in Arabic
_ENDS = ".!?؟…)]»”\"'"  # signs that may end a text


def shortened(text: str, most: int, *, dots: str = "...") -> str:
    """Shorten a text to at most `most` characters, including `dots` at its end. A text that fits is unchanged.

    The result never ends in a small word such as an article. If not even one word fits, the word is split.
    """
    if len(text) <= most:
        return text
    room = max(most - len(dots), 1)
    cut = next((place for place in range(room, 0, -1) if text[place].isspace()), 0)
    return f"{_ended(text[:cut]) or text[:room].rstrip()}{dots}"


def excerpt(text: str, most: int) -> str:
    """Return a text on one line, shortened to at most `most` characters."""
    return shortened(" ".join(text.split()), most)


def is_small(word: str) -> bool:
    """Return whether a word means nothing by itself, such as an article, a preposition, "and" or a sign."""
    bare = "".join(letter for letter in word if unicodedata.category(letter)[0] in "LN").casefold()
    return not bare or bare in _SMALL or (bare.startswith(_AND) and bare[1:] in _SMALL)


def _ended(text: str) -> str:
    """Return a text without small words or a comma at its end."""
    text = text.rstrip()
    while text and is_small(text.split()[-1]):
        text = text[: -len(text.split()[-1])].rstrip()
    # a sign that announces more, such as a comma
    while text and text[-1] not in _ENDS and unicodedata.category(text[-1])[0] == "P":
        text = text[:-1].rstrip()
    return text
