"""Remove what surrounds an answer: phone numbers and lines that phones add. Recognise names of people and places."""

from __future__ import annotations

import re
from functools import cache

from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.region import places
from api.text.normalise import normalise

_PHONE = re.compile(r"(?<![\d,.])(?:(?:\+|00)\s?\d{1,3}|0)(?:[\s.\-]?\d){8,9}(?!\d)")
_LINE = re.compile(r"[^\n]*")
_ROMAN = re.compile(r"(?<!\w)(?:II|III|IV|VI|VII|VIII)(?!\w)")
_ROMANS = {"II": "2", "III": "3", "IV": "4", "VI": "6", "VII": "7", "VIII": "8"}
_TRES = re.compile(r"(?<!\w)tres(?!\w)", re.IGNORECASE)  # with its accent it means "very" in French
_AT_WORK = re.compile("[👩👨🧑](?=[^\\s\\w.,;:!?\ufe0f])")  # "👩🌾" may be one sign or two
_TITLE = re.compile(r"(?<!\w)(M|Mr|Mme|Mlle|Dr|Pr)\.(?=\s*(?!l[ea]\b)[^\W\d_])", re.IGNORECASE)
_SI = re.compile(r"(?<!\w)s[íÍ](?!\w)", re.IGNORECASE)  # with its accent it means "yes"; without, it may mean "if"


def unwrap(text: str, lexicon: Lexicon) -> str:
    """Return the text without phone numbers and device signatures.

    Emoji that stand for a theme become words, and Roman numerals become digits.
    """
    text = _TRES.sub("3", _SI.sub(" yes ", _ROMAN.sub(lambda match: _ROMANS[match.group()], _PHONE.sub(" , ", text))))
    text = _TITLE.sub(" mr ", _AT_WORK.sub(" ? ", text))
    for sign, word in lexicon.thesaurus.signs.items():
        if sign in text:
            text = text.replace(sign, f" {word} , ")
    return without_device_line(text, lexicon)


def without_device_line(text: str, lexicon: Lexicon) -> str:
    """Return the text without the line that a phone adds below a message ("Envoyé de mon iPhone")."""
    small = text.casefold()
    if len(small) != len(text):
        return text
    for mark in lexicon.devices:
        at = small.find(mark)
        end = _LINE.match(text, at) if at >= 0 else None
        if end is not None:
            text = f"{text[:at]}\n{text[end.end() :]}"
            small = text.casefold()
    return text


def is_known_name(phrase: str, lexicon: Lexicon) -> bool:
    """Return whether this phrase is a common first name, or the name of a place in the Region."""
    return phrase in lexicon.first_names or phrase in _towns()


@cache
def _towns() -> frozenset[str]:
    names = (name for place in places.provinces() for name in (place.fr, place.ar, *places.towns(place.code)))
    spellings = (name for place in places.provinces() for name in places.spellings(place.code))
    return frozenset(normalise(name) for name in (*names, *spellings))
