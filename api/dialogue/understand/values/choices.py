"""Read one of the choices offered, or several: by position, by letter, by name, or as yes or no. Nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from api.dialogue.understand.expected import MISSED, TWICE, Expected, Offer, Reading
from api.dialogue.understand.sentences.phrases import Parse, parse
from api.dialogue.understand.values import listing
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Sureness
from api.dialogue.understand.vocabulary.naming import Mention, bare, names, words

_MOST = 24  # maximum words in an answer to a closed question
_FEW = 3  # maximum words in a message whose first word may decide
_SHORT = 3  # minimum letters in a word that may mean a whole name
_ASKING = re.compile("[?؟]")
_RANKED = re.compile("[=:]")  # "1=3 2=1": the sign pairs the numbers
_EQUAL = re.compile(r"\d\s*=\s*\d+\s*=\s*\d")  # "1=2=3": no order
_DECIMAL = re.compile(r"\d٫\d")


def read_one(folded: str, expected: Expected, lexicon: Lexicon) -> Reading:
    """Read the one choice that this text names; MISSED if that is unclear."""
    tokens = words(folded)
    if not 0 < len(tokens) <= _MOST:
        return MISSED
    parsed = parse(tokens, expected, lexicon)
    has_no_digits = not any(token.isdecimal() for token in tokens)
    if parsed.spoilt or (has_no_digits and listing.counts_part(tokens, lexicon, len(expected.listed))):
        return MISSED  # "joj mn hado": two of these
    parsed = _without_rank(parsed, expected)
    if not parsed.unknown:
        return _agreed_choice(parsed)
    if expected.yes_no:
        return _by_first_word(parsed, tokens, folded, lexicon)
    return _by_name_part(parsed, expected, lexicon)


def read_several(folded: str, expected: Expected, lexicon: Lexicon) -> Reading:
    """Read the choices that this text names, in its order ("1 3 4", "1,3", "1 و 3", "de 1 à 3").

    A reading of several choices is never surer than MID.
    """
    typed = words(folded)
    if len(typed) > _MOST:
        return MISSED
    tokens = listing.expand_ranges(typed, expected, lexicon)
    if (
        len(tokens) > _MOST
        or listing.has_count(tokens, lexicon, len(expected.listed))
        or _DECIMAL.search(folded)
        or _EQUAL.search(folded)
        or listing.dash_is_unclear(folded)
        or listing.d_is_unclear(tokens, folded)
    ):
        return MISSED
    parsed = parse(tokens, expected, lexicon)
    by_name = [mention for mention in parsed.mentions if not mention.place]
    is_mixed = bool(by_name) and len(by_name) < len(parsed.mentions)
    rank_kinds = {mention.ordinal for mention in parsed.mentions if mention.place}
    if (
        parsed.spoilt
        or len(rank_kinds) > 1  # "1er choix 3"
        or (len(by_name) > 1 and any("reason" in lexicon.roles.get(word, ()) for word in tokens[1:]))
        or (is_mixed and not listing.is_separated(folded, lexicon))
        or (by_name and any(m.ordinal for m in parsed.mentions))
    ):
        return MISSED  # "first cleanliness" ranks, "4 water" contradicts itself: neither names two choices
    if parsed.unknown:
        by_part = _joint([read_one(part, expected, lexicon) for part in listing.list_parts(folded, lexicon)])
        significant = [word for word in tokens if word not in lexicon.fillers and word not in lexicon.ands]
        has_place = any(mention.place for mention in parsed.mentions)
        if by_part.keys or has_place:
            return by_part
        return _joint([read_one(word, expected, lexicon) for word in significant])
    places = {each.key for each in parsed.mentions if each.place}
    if not by_name and len(places) < len(parsed.mentions) and not _RANKED.search(folded):
        return TWICE
    return _joint([Reading((each.key,), sureness=each.sureness, language=each.language) for each in parsed.mentions])


def _without_rank(parsed: Parse, expected: Expected) -> Parse:
    """Remove the mention "first" if it only ranks a named choice ("water is the first"). Return the rest."""
    has_name = any(not mention.place for mention in parsed.mentions)
    if not has_name or not expected.listed or expected.yes_no:
        return parsed
    top = expected.listed[0].key
    mentions = tuple(each for each in parsed.mentions if not (each.ordinal and each.key == top))
    return replace(parsed, mentions=mentions)


def _joint(readings: Sequence[Reading]) -> Reading:
    """Join several readings into one; MISSED if one of them is unclear, or if two read the same choice."""
    keys = tuple(key for reading in readings for key in reading.keys)
    if not keys or len(keys) != len(readings):
        return MISSED
    if len(set(keys)) != len(keys):
        return MISSED
    least = min(reading.sureness for reading in readings)
    sureness = min(Sureness.MID if len(keys) > 1 else Sureness.HIGH, least)
    return Reading(keys=keys, sureness=sureness, language=_common_language(readings), plain=least is Sureness.HIGH)


def _agreed_choice(parsed: Parse) -> Reading:
    """Return the choice that all mentions agree on; MISSED if they name different choices or several numbers."""
    if len({mention.key for mention in parsed.mentions}) != 1 or sum(each.place for each in parsed.mentions) > 1:
        return MISSED  # different choices, or two numbers ("1.1")
    sureness = min(mention.sureness for mention in parsed.mentions)
    return Reading((parsed.mentions[0].key,), sureness=sureness, language=_common_language(parsed.mentions))


def _common_language(mentions: Sequence[Mention | Reading]) -> str | None:
    """Return the language that all mentions have in common, if any."""
    languages = {mention.language for mention in mentions if mention.language}
    return languages.pop() if len(languages) == 1 else None


def _by_first_word(parsed: Parse, tokens: Sequence[str], folded: str, lexicon: Lexicon) -> Reading:
    """Read a clear yes or no at the beginning of a short message; MISSED if there is none."""
    agreed = _agreed_choice(parsed)
    if "address" in lexicon.roles.get(tokens[0], ()) and tokens[1] in lexicon.first_names:
        return MISSED  # "lalla Fatima"
    if any(word in lexicon.stops for word in parsed.unknown):
        return MISSED  # "oui arrêtez"
    is_clear = tokens[0] in lexicon.heads and len(tokens) <= _FEW and not _ASKING.search(folded)
    if not is_clear or agreed.sureness < Sureness.HIGH or any(mention.place for mention in parsed.mentions):
        return MISSED
    return Reading(agreed.keys, sureness=Sureness.MID, language=agreed.language)


def _by_name_part(parsed: Parse, expected: Expected, lexicon: Lexicon) -> Reading:
    """Return the only choice whose name contains all the unknown words; MISSED if there is no such choice."""
    name_parts = {part for word in parsed.unknown for part in bare(word).split()}
    if name_parts & lexicon.units or any(len(word) < _SHORT for word in parsed.unknown):
        return MISSED
    matches = [mention for words_of, mention in _name_parts(expected.listed) if name_parts <= words_of]
    others = [mention for mention in parsed.mentions if not mention.article]
    if len({mention.key for mention in (*matches, *others)}) != 1 or not matches or len(others) > 1:
        return MISSED
    return Reading((matches[0].key,), sureness=Sureness.MID, language=_common_language(matches))


@lru_cache(maxsize=512)
def _name_parts(offers: tuple[Offer, ...]) -> tuple[tuple[frozenset[str], Mention], ...]:
    """Return the words of each name that surely means one choice, and that choice."""
    known = ((name, mention) for name, mention in names(offers).items() if mention is not None)
    return tuple((frozenset(bare(name).split()), each) for name, each in known if each.sureness is Sureness.HIGH)
