"""One choice out of those on offer, or several: by place, by letter, by name, as yes or no; never a guess."""

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

_MOST = 24  # words an answer to a closed question may have
_FEW = 3  # words of a message whose first word may speak for all
_SHORT = 3  # letters of a word that can stand for a whole name
_ASKING = re.compile("[?؟]")
_RANKED = re.compile("[=:]")  # "1=3 2=1": numbers that say which is which
_EQUAL = re.compile(r"\d\s*=\s*\d+\s*=\s*\d")  # "1=2=3": none before another
_DECIMAL = re.compile(r"\d٫\d")


def one(folded: str, expected: Expected, lexicon: Lexicon) -> Reading:
    """The one choice this text names."""
    tokens = words(folded)
    if not 0 < len(tokens) <= _MOST:
        return MISSED
    found = parse(tokens, expected, lexicon)
    spelt = not any(token.isdecimal() for token in tokens)
    if found.spoilt or (spelt and listing.some_of(tokens, lexicon, len(expected.listed))):
        return MISSED  # "joj mn hado": two of these
    found = _without_rank(found, expected)
    if not found.unknown:
        return _agreed(found)
    if expected.yes_no:
        return _by_first_word(found, tokens, folded, lexicon)
    return _by_part(found, expected, lexicon)


def many(folded: str, expected: Expected, lexicon: Lexicon) -> Reading:
    """The choices this text names, in its order ("1 3 4", "1,3", "1 و 3", "de 1 à 3"); more than one is repeated."""
    said = words(folded)
    if len(said) > _MOST:
        return MISSED
    tokens = listing.spread(said, expected, lexicon)
    if (
        len(tokens) > _MOST
        or listing.counts(tokens, lexicon, len(expected.listed))
        or _DECIMAL.search(folded)
        or _EQUAL.search(folded)
        or listing.dash_is_unclear(folded)
        or listing.d_is_unclear(tokens, folded)
    ):
        return MISSED
    found = parse(tokens, expected, lexicon)
    named = [mention for mention in found.mentions if not mention.place]
    mixed = bool(named) and len(named) < len(found.mentions)
    ranked = {mention.ordinal for mention in found.mentions if mention.place}
    if (
        found.spoilt
        or len(ranked) > 1  # "1er choix 3"
        or (len(named) > 1 and any("reason" in lexicon.roles.get(word, ()) for word in tokens[1:]))
        or (mixed and not listing.apart(folded, lexicon))
        or (named and any(m.ordinal for m in found.mentions))
    ):
        return MISSED  # "first cleanliness" ranks it, "4 water" contradicts itself: neither means two of them
    if found.unknown:
        pieces = _together([one(piece, expected, lexicon) for piece in listing.pieces(folded, lexicon)])
        alone = [word for word in tokens if word not in lexicon.fillers and word not in lexicon.ands]
        placed = any(mention.place for mention in found.mentions)
        return pieces if pieces.keys or placed else _together([one(word, expected, lexicon) for word in alone])
    places = {each.key for each in found.mentions if each.place}
    if not named and len(places) < len(found.mentions) and not _RANKED.search(folded):
        return TWICE
    return _together([Reading((each.key,), sureness=each.sureness, language=each.language) for each in found.mentions])


def _without_rank(found: Parse, expected: Expected) -> Parse:
    """ "Water is the first" names water, and not the first of the list."""
    named = any(not mention.place for mention in found.mentions)
    if not named or not expected.listed or expected.yes_no:
        return found
    top = expected.listed[0].key
    kept = tuple(each for each in found.mentions if not (each.ordinal and each.key == top))
    return replace(found, mentions=kept)


def _together(readings: Sequence[Reading]) -> Reading:
    keys = tuple(key for reading in readings for key in reading.keys)
    if not keys or len(keys) != len(readings):
        return MISSED
    if len(set(keys)) != len(keys):
        return MISSED
    least = min(reading.sureness for reading in readings)
    sureness = min(Sureness.MID if len(keys) > 1 else Sureness.HIGH, least)
    return Reading(keys=keys, sureness=sureness, language=_spoken(readings), plain=least is Sureness.HIGH)


def _agreed(found: Parse) -> Reading:
    """All mentions are of the same choice, and at most one of them is a number ("1.1" is no answer)."""
    if len({mention.key for mention in found.mentions}) != 1 or sum(each.place for each in found.mentions) > 1:
        return MISSED
    sureness = min(mention.sureness for mention in found.mentions)
    return Reading((found.mentions[0].key,), sureness=sureness, language=_spoken(found.mentions))


def _spoken(said: Sequence[Mention | Reading]) -> str | None:
    """The one language of all that has a language."""
    languages = {each.language for each in said if each.language}
    return languages.pop() if len(languages) == 1 else None


def _by_first_word(found: Parse, tokens: Sequence[str], folded: str, lexicon: Lexicon) -> Reading:
    """A clear yes or no at the head of a short message."""
    agreed = _agreed(found)
    if "address" in lexicon.roles.get(tokens[0], ()) and tokens[1] in lexicon.first_names:
        return MISSED  # "lalla Fatima"
    if any(word in lexicon.stops for word in found.unknown):
        return MISSED  # "oui arrêtez"
    clear = tokens[0] in lexicon.heads and len(tokens) <= _FEW and not _ASKING.search(folded)
    if not clear or agreed.sureness < Sureness.HIGH or any(mention.place for mention in found.mentions):
        return MISSED
    return Reading(agreed.keys, sureness=Sureness.MID, language=agreed.language)


def _by_part(found: Parse, expected: Expected, lexicon: Lexicon) -> Reading:
    """Words that stand in the name of one choice and of no other; repeated to the person."""
    said = {part for word in found.unknown for part in bare(word).split()}
    if said & lexicon.units or any(len(word) < _SHORT for word in found.unknown):
        return MISSED
    holders = [mention for words_of, mention in _parts(expected.listed) if said <= words_of]
    beside = [mention for mention in found.mentions if not mention.article]
    if len({mention.key for mention in (*holders, *beside)}) != 1 or not holders or len(beside) > 1:
        return MISSED
    return Reading((holders[0].key,), sureness=Sureness.MID, language=_spoken(holders))


@lru_cache(maxsize=512)
def _parts(offers: tuple[Offer, ...]) -> tuple[tuple[frozenset[str], Mention], ...]:
    """The words of each name that surely means one choice."""
    known = ((name, mention) for name, mention in names(offers).items() if mention is not None)
    return tuple((frozenset(bare(name).split()), each) for name, each in known if each.sureness is Sureness.HIGH)
