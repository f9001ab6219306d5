"""Whether a word looks or sounds like another: a slip, a letter of another script, a space too many. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from api.dialogue.understand.expected import Offer
from api.dialogue.understand.vocabulary.everyday import around, sounds_like, sounds_of
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Sureness
from api.dialogue.understand.vocabulary.naming import bare
from api.text.lookalikes import shape
from api.text.normalise import normalise

_SHORTEST, _WORD, _LONG = 3, 4, 10  # letters that are compared, that may hold a slip, and two
_ENDING = 2  # letters in which two words of one stem differ ("مدرسة", "مدرسات")
_ONE_K = str.maketrans("cq", "kk")  # "ekol"
_ROMAN = re.compile(r"(?=[ivx])x{0,2}(?:ix|iv|v?i{0,3})")


def like_name(word: str, offer: Offer) -> bool:
    """Whether a word looks like a name of a choice, or like a word of it."""
    names = {form for name in offer.names for form in _words(normalise(name.text))}
    return any(_close(mine, theirs) for mine in _words(normalise(word)) for theirs in names)


def like_stop(word: str, lexicon: Lexicon) -> bool:
    """Whether a word looks or sounds like one that surely stops."""
    surely = _stops(lexicon)
    squeezed = normalise(word).replace(" ", "")
    parts = {squeezed, *normalise(word).split()}
    slips = (each for part in parts for each in surely if part[:1] == each[:1] and _close(part, each))
    return any(slips) or any(sounds_like(part, sounds_of(surely)) for part in parts) or _shapes(parts, surely)


def like_number(word: str, lexicon: Lexicon) -> bool:
    """Whether one word names a place: in Roman, spelt like a number, or a number with a small word stuck to it."""
    known, mine = _counting(lexicon), word.removeprefix("ال")
    if mine in known or _ROMAN.fullmatch(word) or sounds_like(word, sounds_of(known)):
        return True
    if any(
        abs(len(each) - len(mine)) == 1 and min(len(each), len(mine)) >= _WORD and _slips(mine, each) <= 1
        for each in known
    ):
        return True
    stuck = [each for each in known if _SHORTEST <= len(each) < len(word)]
    rests = [word.removeprefix(each) for each in stuck if word.startswith(each)]
    rests += [word.removesuffix(each) for each in stuck if word.endswith(each)]
    told = (rest for rest in rests if len(rest) == _SHORTEST or max(len(rest), len(word) - len(rest)) >= _WORD)
    return any(rest in around(lexicon) for rest in told)


@lru_cache(maxsize=4)
def _counting(lexicon: Lexicon) -> frozenset[str]:
    words = (each.removeprefix("ال") for each in (*lexicon.numbers, *lexicon.ordinals) if " " not in each)
    return frozenset(word for word in words if not any(letter.isdecimal() for letter in word))


@lru_cache(maxsize=4)
def _stops(lexicon: Lexicon) -> frozenset[str]:
    sure = (each for each, sureness in lexicon.stops.items() if sureness is Sureness.HIGH)
    return frozenset(each for each in sure if " " not in each)


def _words(key: str) -> set[str]:
    return {key.replace(" ", ""), bare(key).replace(" ", ""), *bare(key).split()}


def _shapes(parts: Iterable[str], known: Iterable[str]) -> bool:
    alike = {shape(each) for each in known}
    return any(len(part) >= _SHORTEST and shape(part) in alike for part in parts)


def _close(one: str, other: str) -> bool:
    """Whether two words are the same at a glance, or a slip apart; two in long ones."""
    least = min(len(one), len(other))
    a, b = (shape(each).translate(_ONE_K) for each in (one, other))
    if a == b:
        return least >= _SHORTEST
    stem = next((at for at, pair in enumerate(zip(a, b, strict=False)) if pair[0] != pair[1]), min(len(a), len(b)))
    if stem == least >= _SHORTEST and abs(len(a) - len(b)) == 1:
        return True
    allowed = 2 if least >= _LONG else 1
    return least >= _WORD and (
        _slips(a, b, allowed) <= allowed or (stem >= _WORD and max(len(a), len(b)) - stem <= _ENDING)
    )


def _slips(one: str, other: str, allowed: int = 1) -> int:
    return DamerauLevenshtein.distance(one, other, score_cutoff=allowed)
