"""Cutting a text into what is known of it: names of choices, places in the list, yes and no, and the words around."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

from api.dialogue.understand.expected import Expected, Offer
from api.dialogue.understand.lexicon import LAST, Lexicon, Sureness
from api.dialogue.understand.normalise import key, normalise

_LEFT_OUT = frozenset(("le", "la", "les", "l", "un", "une", "des", "du", "de", "d", "al", "el", "et", "و"))
_LETTERS = {letter: place for letters in ("abcdefghi", "ابجده") for place, letter in enumerate(letters, start=1)}
_LONGEST = 8  # words a name or a phrase may have
_SQUEEZED = 7  # letters of a name that is known without its spaces too
_GLUED = re.compile(r"([^\W\d_]+)(\d{1,2})")  # "n1", "option2", "رقم2"
_JOINED = re.compile(r"(?<=\d)(?:و|et|w|d)(?=\d)")  # "1و3", "1et3"
_AND_BEFORE = re.compile(r"\bو(?=\d)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A choice that was mentioned: by its name, by its place, or as yes or no."""

    key: str
    sureness: Sureness = Sureness.HIGH
    language: str | None = None
    place: bool = False
    article: bool = False  # "une", "واحد": the first one, or an article before a name
    ordinal: bool = False  # "le premier": a place, or the rank of what follows


@dataclass(frozen=True, slots=True)
class Parse:
    """All mentions of a text in order, and what stood beside them."""

    mentions: tuple[Mention, ...]
    unknown: tuple[str, ...]  # words of no known meaning
    spoilt: bool  # by a word that may turn it around, or a number that names no choice
    first: bool  # the first word is a mention


def words(folded: str) -> list[str]:
    """The words of a folded text, numbers cut from the "and" that is glued to them."""
    folded = _AND_BEFORE.sub("و ", _JOINED.sub(r" \g<0> ", folded))
    return key(folded).split()


@lru_cache(maxsize=8192)
def bare(phrase: str) -> str:
    """A phrase without what people leave out or add: articles, "and" between words, the s of a French plural."""
    parts = phrase.split()
    kept = [part for part in parts if part not in _LEFT_OUT] or parts
    return " ".join(_bare_word(part) for part in kept)


def _bare_word(word: str) -> str:
    for prefix in ("وال", "ال"):
        if word.startswith(prefix) and len(word) > len(prefix) + 1:
            return word[len(prefix) :]
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


@lru_cache(maxsize=512)
def names(offers: tuple[Offer, ...]) -> Mapping[str, Mention | None]:
    """Every name of the choices, normalised and bare; None where two choices share it."""
    found: dict[str, Mention | None] = {}
    for offer in offers:
        for name in offer.names:
            for phrase in _forms(normalise(name.text), name.language):
                found[phrase] = _merged(
                    phrase in found, found.get(phrase), Mention(offer.key, name.sureness, name.language)
                )
    found.pop("", None)
    return found


def _forms(name: str, language: str | None) -> set[str]:
    """A name as it is, bare, in one word ("chef chaouen" is one place), and in the annexed state of Tamazight."""
    squeezed = {name.replace(" ", "")} if len(name) >= _SQUEEZED else set()
    annexed = {f"w{name}", f"u{name[1:]}"} if language == "zgh" and name.startswith("a") and len(name) > 3 else set()
    return {name, bare(name)} | squeezed | annexed


def _merged(known: bool, before: Mention | None, mention: Mention) -> Mention | None:
    """What a name means once it stands for one more thing; nothing where these are two choices."""
    if not known:
        return mention
    if before is None or before.key != mention.key:
        return None
    surer = max(before, mention, key=lambda each: each.sureness)
    return surer if before.language == mention.language else replace(surer, language=None)


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
    """The place a word names, 1 being the first; LAST for the last, 0 for one that cannot be."""
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
    lettered = not expected.yes_no and all(_letter(word) or word in small for word in tokens)
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
    return (
        _named(phrase, known)
        or _answer(phrase, expected, lexicon)
        or _placed(phrase, expected, lexicon, lettered=lettered)
        or _beside(phrase, expected, lexicon)
    )


def _letter(word: str) -> bool:
    return len(word) == 1 and word.isalpha()


def _named(phrase: str, known: Mapping[str, Mention | None]) -> Mention | None:
    found = known.get(phrase) or known.get(bare(phrase))
    if found is None and " " in phrase and len(phrase) >= _SQUEEZED:
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
    place = len(listed) if place == LAST else place
    if not 1 <= place <= len(listed):
        return _Beside.SPOILS
    article, ordinal = lexicon.numbers.get(phrase) == 1, phrase in lexicon.ordinals
    return Mention(listed[place - 1].key, place=True, article=article, ordinal=ordinal)


def _beside(phrase: str, expected: Expected, lexicon: Lexicon) -> _Beside | None:
    if phrase in lexicon.doubts:
        return _Beside.SPOILS
    fills = phrase in lexicon.fillers or phrase in lexicon.ands or (expected.yes_no and phrase in lexicon.weights)
    return _Beside.FILLS if fills else None
