"""Cutting a text into what is known of it: names of choices, places in the list, yes and no, and the words around."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from api.dialogue.understand.expected import Expected
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.dialogue.understand.vocabulary.naming import SQUEEZED, Mention, bare, names

_LETTERS = {letter: place for letters in ("abcdefghi", "ابجده") for place, letter in enumerate(letters, start=1)}
_LONGEST = 8  # words a name or a phrase may have
_GLUED = re.compile(r"([^\W\d_]+)(\d{1,2})")  # "n1", "option2", "رقم2"


@dataclass(frozen=True, slots=True)
class Parse:
    """All mentions of a text in order, and what stood beside them."""

    mentions: tuple[Mention, ...]
    unknown: tuple[str, ...]  # words of no known meaning
    spoilt: bool  # by a word that may turn it around, or a number that names no choice
    first: bool  # the first word is a mention


def parse(tokens: list[str], expected: Expected, lexicon: Lexicon) -> Parse:
    """Read the words from left to right, the longest known phrase first."""
    mentions: list[Mention] = []
    unknown: list[str] = []
    spoilt = first = False
    for start, phrase, found in _known(tokens, expected, lexicon):
        if isinstance(found, Mention):
            if mentions and mentions[-1].article and not found.place:
                mentions.pop()  # "une école": an article after all
            mentions.append(found)
            first = first or start == 0
        elif found is _Beside.UNKNOWN:
            unknown.append(phrase)
        spoilt = spoilt or found is _Beside.SPOILS
    return Parse(tuple(mentions), tuple(unknown), spoilt, first)


class _Beside(Enum):
    """What a word is that names no choice."""

    FILLS = "fills"
    SPOILS = "spoils"
    UNKNOWN = "unknown"


def place_of(word: str, lexicon: Lexicon, *, lettered: bool) -> int | None:
    """The place a word names, 1 being the first, -1 the last; 0 for one that cannot be."""
    if word.isdecimal():
        return int(word) if len(word) < 4 else 0
    glued = _GLUED.fullmatch(word)
    if glued and glued[1] in lexicon.fillers:
        return int(glued[2])
    found = lexicon.ordinals.get(word, lexicon.numbers.get(word))
    return _LETTERS.get(word) if found is None and lettered else found


def _known(tokens: list[str], expected: Expected, lexicon: Lexicon) -> Iterator[tuple[int, str, Mention | _Beside]]:
    known = names(expected.offers)
    small = lexicon.fillers | lexicon.ands
    lettered = expected.lettered and not expected.yes_no and all(_letter(word) or word in small for word in tokens)
    start = 0
    while start < len(tokens):
        found: Mention | _Beside = _Beside.UNKNOWN
        phrase, length = tokens[start], 1
        for size in range(min(len(tokens) - start, _LONGEST), 0, -1):
            tried = " ".join(tokens[start : start + size])
            aside = start > 0 and expected.yes_no and _only_beside(tried, tokens[start + size :], lexicon)
            hit = _Beside.FILLS if aside else _hit(tried, expected, lexicon, known, lettered=lettered)
            if hit is not None:
                found, phrase, length = hit, tried, size
                break
        yield start, phrase, found
        start += length


def _only_beside(phrase: str, rest: list[str], lexicon: Lexicon) -> bool:
    """Whether this only adds weight to a yes or no before it, or is the article of the number after it ("la 1")."""
    article = phrase == "la" and bool(rest) and place_of(rest[0], lexicon, lettered=False) is not None
    return article or phrase in lexicon.weights


def _hit(
    phrase: str, expected: Expected, lexicon: Lexicon, known: Mapping[str, Mention | None], *, lettered: bool
) -> Mention | _Beside | None:
    numbered = expected.yes_no and phrase not in known and any(word in lexicon.numbers for word in phrase.split())
    named = _named(phrase, known) if not numbered and (expected.lettered or not _letter(phrase)) else None
    return (
        named
        or _answer(phrase, expected, lexicon)
        or _placed(phrase, expected, lexicon, lettered=lettered)
        or _beside(phrase, expected, lexicon)
    )


def _letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


def _named(phrase: str, known: Mapping[str, Mention | None]) -> Mention | None:
    found = known.get(phrase) or known.get(bare(phrase))
    if found is None and " " in phrase and len(phrase) >= SQUEEZED:
        found = known.get(phrase.replace(" ", ""))
    return found or (known.get(phrase[1:]) if phrase[0] == "و" else None)


def _answer(phrase: str, expected: Expected, lexicon: Lexicon) -> Mention | None:
    meaning = lexicon.meaning(phrase) if expected.yes_no else None
    if meaning is None or meaning.intent not in ("yes", "no") or phrase in lexicon.doubts:
        return None  # "machi" is a no by itself, and turns around what follows it
    offer = expected.by_value(meaning.intent)
    return Mention(offer.key, meaning.sureness, meaning.language) if offer else None


def _placed(phrase: str, expected: Expected, lexicon: Lexicon, *, lettered: bool) -> Mention | _Beside | None:
    listed = expected.listed
    place = place_of(phrase, lexicon, lettered=lettered)
    if place is None and phrase[0] == "و":
        place = place_of(phrase[1:], lexicon, lettered=False)
    if place is None:
        return None
    place = len(listed) + 1 + place if place < 0 else place
    if not 1 <= place <= len(listed):
        return _Beside.SPOILS
    ordinal = phrase in lexicon.ordinals or phrase.removeprefix("و") in lexicon.ordinals
    article = lexicon.numbers.get(phrase) == 1
    return Mention(listed[place - 1].key, place=True, article=article, ordinal=ordinal)


def _beside(phrase: str, expected: Expected, lexicon: Lexicon) -> _Beside | None:
    if phrase in lexicon.doubts:
        return _Beside.SPOILS
    fills = phrase in lexicon.fillers or phrase in lexicon.ands or (expected.yes_no and phrase in lexicon.weights)
    return _Beside.FILLS if fills else None
