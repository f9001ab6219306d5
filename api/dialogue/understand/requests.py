"""Recognise requests in a sentence: another language, who we are, how this works, to take part. Pure.

Most requests need words from two lists of requests.toml. "français" alone may be an answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from api.dialogue.understand.sentences.greetings import asks
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.text.normalise import normalise

_LONGEST = 14  # maximum words in such a sentence
_UNKNOWN = 6  # maximum unknown words, which may be about what somebody cannot read
_PHRASE = 3  # maximum words in a phrase of the lists
_CLAUSES = re.compile(r"[,،;؛:.!?؟\n]+")
_TONGUES = ("lang_ar", "lang_fr", "lang_zgh")
_JOINED = ("bal", "bel", "bl", "b", "l", "ال", "بال", "ب", "ل")  # glued to the name of a language


def requested_language(text: str, lexicon: Lexicon, *, whole: bool = False) -> str | None:
    """Return the language that the author asks for; None if there is no such request.

    If the author cannot read a language, naming it does not count. A text that may be an answer ("l'école en français")
    is no request. With `whole`, the text must contain nothing else.
    """
    words = normalise(text).split()
    if not 1 < len(words) <= _LONGEST or any(word in lexicon.thesaurus.themes for word in words):
        return None
    wanted: set[str] = set()
    is_asked, unknown = False, 0
    for part in _CLAUSES.split(text):
        clause = _clause(normalise(part).split(), lexicon)
        if clause.named and clause.unknown and not clause.denied:
            return None
        wanted |= clause.named
        is_asked = is_asked or (clause.asks and bool(clause.named))
        unknown += clause.unknown + clause.denied
    if len(wanted) != 1 or not is_asked or unknown > (0 if whole else _UNKNOWN):
        return None
    return wanted.pop()


class _Clause(NamedTuple):
    """What one clause of a text says about languages."""

    named: set[str]  # languages not denied
    denied: int  # number of denials
    asks: bool
    unknown: int  # number of words that are not part of the request


def _clause(words: Sequence[str], lexicon: Lexicon) -> _Clause:
    kinds = [lexicon.requests.get(word, frozenset()) for word in words]
    named = [(at, language) for at, word in enumerate(words) if (language := _language(word, lexicon)) is not None]
    denials = [at for at, lists in enumerate(kinds) if "not_speaking" in lists]
    places = {at for at, _ in named}
    known = (bool(kinds[at]) or at in places or _is_filler(word, lexicon) for at, word in enumerate(words))
    spoken = _not_denied(denials, named) if named and denials else [language for _, language in named]
    asks = any("asking_tongue" in lists for lists in kinds)
    return _Clause(set(spoken), len(denials), asks, sum(not is_known for is_known in known))


def asks_about_us(text: str, lexicon: Lexicon) -> bool:
    """Return whether the author asks who we are, how this works or whether to trust us, or asks for help with it."""
    words = normalise(text).split()
    if not 1 < len(words) <= _LONGEST:
        return False
    kinds = _kinds(words, lexicon)
    forms = (form for word in words for form in (word, word.removeprefix("و")))
    if any(lexicon.wishes.get(form) == "on_list" for form in forms) or any(
        word in lexicon.thesaurus.themes for word in words
    ):
        return False  # staff answer how we got somebody's number, and a theme may be an answer
    return "helping" in kinds or ("swindle" in kinds and asks(text, lexicon)) or {"wondering", "of_us"} <= kinds


def wants_to_join(text: str, lexicon: Lexicon) -> bool:
    """Return whether the whole text only says that its author wants to take part."""
    words = normalise(text).split()
    return (
        0 < len(words) <= _LONGEST
        and "joining" in _kinds(words, lexicon)
        and all(
            "joining" in lexicon.requests.get(word, ())
            or "beside_joining" in lexicon.requests.get(word, ())
            or _is_filler(word, lexicon)
            for word in words
        )
    )


def _language(word: str, lexicon: Lexicon) -> str | None:
    """Return the language that a word names, even with a preposition or article glued to it."""
    for bare in (word, *(word.removeprefix(each) for each in _JOINED if word.startswith(each))):
        meaning = lexicon.meaning(bare) if len(bare) > _PHRASE else None
        if meaning is not None and meaning.intent in _TONGUES:
            return meaning.intent
    return None


def _not_denied(denials: Sequence[int], named: Sequence[tuple[int, str]]) -> list[str]:
    """Return the languages that a clause names but does not deny ("en français, je lis pas l'arabe")."""
    after = [language for at, language in named if at > denials[-1]]
    before = [language for at, language in named if at < denials[-1]]
    if after and before:  # "tamazight, pas le français": the one nearer to the denial
        denied = after[0] if _closer_after(denials[-1], named) >= 0 else before[-1]
        return [language for _, language in named if language != denied]
    by_distance = sorted(named, key=lambda pair: min(abs(pair[0] - at) for at in denials))
    denied = by_distance[0][1]
    return [language for _, language in by_distance if language != denied] if len(named) > 1 else []


def _closer_after(position: int, named: Sequence[tuple[int, str]]) -> int:
    """Compare the nearest language names on either side of a position."""
    distances = [place - position for place, _ in named]
    # positive if the one after is nearer
    return min(-each for each in distances if each < 0) - min(each for each in distances if each > 0)


def wants_back(text: str, lexicon: Lexicon) -> bool:
    """Return whether the author wants to go back to the previous question."""
    words = normalise(text).split()
    return 1 < len(words) <= _LONGEST and {"returning", "before_this"} <= _kinds(words, lexicon)


def asks_for_help(text: str, lexicon: Lexicon) -> bool:
    """Return whether the author explicitly asks us for help. Such a text is never an answer."""
    words = normalise(text).split()
    kinds = _kinds(words, lexicon)
    asks_help = {"helping", "wondering", "of_us"} <= kinds or {"wondering", "of_answering"} <= kinds
    return asks_help and 1 < len(words) <= _LONGEST


def _kinds(words: Sequence[str], lexicon: Lexicon) -> set[str]:
    """Return the names of the lists in requests.toml that contain a phrase of this text."""
    sizes = range(1, _PHRASE + 1)
    phrases = {" ".join(words[at : at + size]) for at in range(len(words)) for size in sizes}
    return {kind for phrase in phrases for kind in lexicon.requests.get(phrase, ())}


def _is_filler(word: str, lexicon: Lexicon) -> bool:
    return (
        word in lexicon.fillers
        or word in lexicon.ands
        or lexicon.wishes.get(word) in ("to_me", "beside_stop", "wanting")
    )
