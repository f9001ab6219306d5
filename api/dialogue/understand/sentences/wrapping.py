"""What stands around an answer: telephone numbers, what a phone writes below, names of people and places."""

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
_TRES = re.compile(r"(?<!\w)tres(?!\w)", re.IGNORECASE)  # with its accent it is "very", in French
_AT_WORK = re.compile("[👩👨🧑](?=[^\\s\\w.,;:!?\ufe0f])")  # "👩🌾" is one sign or two
_TITLE = re.compile(r"(?<!\w)(M|Mr|Mme|Mlle|Dr|Pr)\.(?=\s*(?!l[ea]\b)[^\W\d_])", re.IGNORECASE)
_SI = re.compile(r"(?<!\w)s[íÍ](?!\w)", re.IGNORECASE)  # with its accent it is yes, without it it may be if


def unwrapped(text: str, lexicon: Lexicon) -> str:
    """The text without telephone numbers and what phones add; emoji of themes and Roman numbers in words and digits."""
    text = _TRES.sub("3", _SI.sub(" yes ", _ROMAN.sub(lambda found: _ROMANS[found.group()], _PHONE.sub(" , ", text))))
    text = _TITLE.sub(" mr ", _AT_WORK.sub(" ? ", text))
    for sign, word in lexicon.thesaurus.signs.items():
        if sign in text:
            text = text.replace(sign, f" {word} , ")
    return unsigned(text, lexicon)


def unsigned(text: str, lexicon: Lexicon) -> str:
    """The text without what phones write below it ("Envoyé de mon iPhone"), which is no wish of its author."""
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
    """Whether many people, or a place of the Region, have this name."""
    return phrase in lexicon.first_names or phrase in _towns()


@cache
def _towns() -> frozenset[str]:
    named = (name for place in places.provinces() for name in (place.fr, place.ar, *places.towns(place.code)))
    spelt = (name for place in places.provinces() for name in places.spellings(place.code))
    return frozenset(normalise(name) for name in (*named, *spelt))
