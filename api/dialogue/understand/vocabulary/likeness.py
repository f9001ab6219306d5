"""Check whether two words look or sound alike, despite a slip, an extra space or another script. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from api.dialogue.understand.expected import Offer
from api.dialogue.understand.vocabulary.everyday import sound_index, sounds_like, surrounding_words
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Sureness
from api.dialogue.understand.vocabulary.naming import bare
from api.text.lookalikes import shape
from api.text.normalise import normalise

_SHORTEST, _WORD, _LONG = 3, 4, 10  # minimum letters to compare, to allow one slip, to allow two
_ENDING = 2  # maximum letters in which two words of one stem differ ("مدرسة", "مدرسات")
_ONE_K = str.maketrans("cq", "kk")  # "ekol" for "école"
_ROMAN = re.compile(r"(?=[ivx])x{0,2}(?:ix|iv|v?i{0,3})")


def resembles_name(word: str, offer: Offer) -> bool:
    """Return whether a word looks like a name of this choice, or like a word in one of its names."""
    names = {form for name in offer.names for form in _comparable_forms(normalise(name.text))}
    forms = _comparable_forms(normalise(word))
    return any(_is_close(form, name) for form in forms for name in names)


def resembles_stop(word: str, lexicon: Lexicon) -> bool:
    """Return whether a word looks or sounds like one of the words that surely mean STOP."""
    stop_words = _sure_stops(lexicon)
    joined = normalise(word).replace(" ", "")
    parts = {joined, *normalise(word).split()}
    has_slip = any(part[:1] == each[:1] and _is_close(part, each) for part in parts for each in stop_words)
    has_sound = any(sounds_like(part, sound_index(stop_words)) for part in parts)
    return has_slip or has_sound or _share_shape(parts, stop_words)


def resembles_number(word: str, lexicon: Lexicon) -> bool:
    """Return whether a word may be read as a position in a list.

    It may be a Roman numeral, a misspelt number, or a number with a filler word glued to it.
    """
    numerals, stem = _numerals(lexicon), word.removeprefix("ال")
    if stem in numerals or _ROMAN.fullmatch(word) or sounds_like(word, sound_index(numerals)):
        return True
    if any(
        abs(len(each) - len(stem)) == 1 and min(len(each), len(stem)) >= _WORD and _slips(stem, each) <= 1
        for each in numerals
    ):
        return True
    contained = [each for each in numerals if _SHORTEST <= len(each) < len(word)]
    rests = [word.removeprefix(each) for each in contained if word.startswith(each)]
    rests += [word.removesuffix(each) for each in contained if word.endswith(each)]
    plausible = (rest for rest in rests if len(rest) == _SHORTEST or max(len(rest), len(word) - len(rest)) >= _WORD)
    return any(rest in surrounding_words(lexicon) for rest in plausible)


@lru_cache(maxsize=4)
def _numerals(lexicon: Lexicon) -> frozenset[str]:
    words = (each.removeprefix("ال") for each in (*lexicon.numbers, *lexicon.ordinals) if " " not in each)
    return frozenset(word for word in words if not any(letter.isdecimal() for letter in word))


@lru_cache(maxsize=4)
def _sure_stops(lexicon: Lexicon) -> frozenset[str]:
    sure = (each for each, sureness in lexicon.stops.items() if sureness is Sureness.HIGH)
    return frozenset(each for each in sure if " " not in each)


def _comparable_forms(key: str) -> set[str]:
    return {key.replace(" ", ""), bare(key).replace(" ", ""), *bare(key).split()}


def _share_shape(parts: Iterable[str], known: Iterable[str]) -> bool:
    alike = {shape(each) for each in known}
    return any(len(part) >= _SHORTEST and shape(part) in alike for part in parts)


def _is_close(one: str, other: str) -> bool:
    """Return whether two words look the same, or nearly so."""
    shorter = min(len(one), len(other))
    a, b = (shape(each).translate(_ONE_K) for each in (one, other))
    if a == b:
        # one slip, two in long words, or another short ending
        return shorter >= _SHORTEST
    common = next((at for at, pair in enumerate(zip(a, b, strict=False)) if pair[0] != pair[1]), min(len(a), len(b)))
    # one letter more at the end
    if common == shorter >= _SHORTEST and abs(len(a) - len(b)) == 1:
        return True
    allowed = 2 if shorter >= _LONG else 1
    return shorter >= _WORD and (
        _slips(a, b, allowed) <= allowed or (common >= _WORD and max(len(a), len(b)) - common <= _ENDING)
    )


def _slips(one: str, other: str, allowed: int = 1) -> int:
    return DamerauLevenshtein.distance(one, other, score_cutoff=allowed)
