"""Cut a text into known pieces: names of choices, positions in the list, yes and no, and the words around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from api.dialogue.understand.expected import Expected
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.dialogue.understand.vocabulary.naming import SQUEEZED, Mention, bare, names

_LETTERS = {letter: place for letters in ("abcdefghi", "ابجده") for place, letter in enumerate(letters, start=1)}
_LONGEST = 8  # maximum words in a name or a phrase
_GLUED = re.compile(r"([^\W\d_]+)(\d{1,2})")  # "n1", "option2", "رقم2"


@dataclass(frozen=True, slots=True)
class Parse:
    """All mentions of choices in a text, in their order, and what else the text contains."""

    mentions: tuple[Mention, ...]
    unknown: tuple[str, ...]  # words without a known meaning
    spoilt: bool  # the text has a word that may reverse it, or a number out of range
    first: bool  # the first word is a mention


def parse(tokens: list[str], expected: Expected, lexicon: Lexicon) -> Parse:
    """Find the mentions of choices. At each word, from left to right, the longest known phrase is taken."""
    mentions: list[Mention] = []
    unknown: list[str] = []
    spoilt = first = False
    for start, phrase, meaning in _meanings(tokens, expected, lexicon):
        if isinstance(meaning, Mention):
            if mentions and mentions[-1].article and not meaning.place:
                mentions.pop()  # "une école": the number was an article
            mentions.append(meaning)
            first = first or start == 0
        elif meaning is _Other.UNKNOWN:
            unknown.append(phrase)
        spoilt = spoilt or meaning is _Other.SPOILS
    return Parse(tuple(mentions), tuple(unknown), spoilt, first)


class _Other(Enum):
    """The kinds of words that name no choice."""

    FILLS = "fills"
    SPOILS = "spoils"
    UNKNOWN = "unknown"


def position_of(word: str, lexicon: Lexicon, *, lettered: bool) -> int | None:
    """Return the position in the list that a word names; None if it names none.

    1 is the first and -1 the last. If a number is too large, the position is 0.
    """
    if word.isdecimal():
        return int(word) if len(word) < 4 else 0
    glued = _GLUED.fullmatch(word)
    if glued and glued[1] in lexicon.fillers:
        return int(glued[2])
    number = lexicon.ordinals.get(word, lexicon.numbers.get(word))
    return _LETTERS.get(word) if number is None and lettered else number


def _meanings(tokens: list[str], expected: Expected, lexicon: Lexicon) -> Iterator[tuple[int, str, Mention | _Other]]:
    known = names(expected.offers)
    insignificant = lexicon.fillers | lexicon.ands
    lettered = (
        expected.lettered and not expected.yes_no and all(_is_letter(word) or word in insignificant for word in tokens)
    )
    start = 0
    while start < len(tokens):
        meaning: Mention | _Other = _Other.UNKNOWN
        phrase, length = tokens[start], 1
        for size in range(min(len(tokens) - start, _LONGEST), 0, -1):
            candidate = " ".join(tokens[start : start + size])
            is_aside = start > 0 and expected.yes_no and _only_beside(candidate, tokens[start + size :], lexicon)
            match = _Other.FILLS if is_aside else _match(candidate, expected, lexicon, known, lettered=lettered)
            if match is not None:
                meaning, phrase, length = match, candidate, size
                break
        yield start, phrase, meaning
        start += length


def _only_beside(phrase: str, rest: list[str], lexicon: Lexicon) -> bool:
    """Return whether a phrase adds nothing: it only emphasises, or is a number's article ("la 1")."""
    article = phrase == "la" and bool(rest) and position_of(rest[0], lexicon, lettered=False) is not None
    return article or phrase in lexicon.weights


def _match(
    phrase: str, expected: Expected, lexicon: Lexicon, known: Mapping[str, Mention | None], *, lettered: bool
) -> Mention | _Other | None:
    has_number = expected.yes_no and phrase not in known and any(word in lexicon.numbers for word in phrase.split())
    mention = _named_choice(phrase, known) if not has_number and (expected.lettered or not _is_letter(phrase)) else None
    return (
        mention
        or _yes_or_no(phrase, expected, lexicon)
        or _position(phrase, expected, lexicon, lettered=lettered)
        or _other_word(phrase, expected, lexicon)
    )


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


def _named_choice(phrase: str, known: Mapping[str, Mention | None]) -> Mention | None:
    mention = known.get(phrase) or known.get(bare(phrase))
    if mention is None and " " in phrase and len(phrase) >= SQUEEZED:
        mention = known.get(phrase.replace(" ", ""))
    return mention or (known.get(phrase[1:]) if phrase[0] == "و" else None)


def _yes_or_no(phrase: str, expected: Expected, lexicon: Lexicon) -> Mention | None:
    meaning = lexicon.meaning(phrase) if expected.yes_no else None
    if meaning is None or meaning.intent not in ("yes", "no") or phrase in lexicon.doubts:
        return None  # "machi" is a no by itself, but negates what follows it
    offer = expected.by_value(meaning.intent)
    return Mention(offer.key, meaning.sureness, meaning.language) if offer else None


def _position(phrase: str, expected: Expected, lexicon: Lexicon, *, lettered: bool) -> Mention | _Other | None:
    listed = expected.listed
    place = position_of(phrase, lexicon, lettered=lettered)
    if place is None and phrase[0] == "و":
        place = position_of(phrase[1:], lexicon, lettered=False)
    if place is None:
        return None
    place = len(listed) + 1 + place if place < 0 else place
    if not 1 <= place <= len(listed):
        return _Other.SPOILS
    ordinal = phrase in lexicon.ordinals or phrase.removeprefix("و") in lexicon.ordinals
    article = lexicon.numbers.get(phrase) == 1
    return Mention(listed[place - 1].key, place=True, article=article, ordinal=ordinal)


def _other_word(phrase: str, expected: Expected, lexicon: Lexicon) -> _Other | None:
    if phrase in lexicon.doubts:
        return _Other.SPOILS
    fills = phrase in lexicon.fillers or phrase in lexicon.ands or (expected.yes_no and phrase in lexicon.weights)
    return _Other.FILLS if fills else None
