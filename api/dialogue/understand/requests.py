"""What people ask of us in a sentence: another language, who we are and how it works, to take part. Pure.

Each is told by words of two lists of grammar.toml together, never by one word alone: "français" may be an answer, and
"bghit nkml b français" is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from api.dialogue.understand.sentences.greetings import asks
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.text.normalise import normalise

_LONGEST = 14  # words of such a sentence
_STRANGE = 6  # unknown words of what somebody cannot read
_PHRASE = 3  # words of a phrase of the lists
_CLAUSES = re.compile(r"[,،;؛:.!?؟\n]+")
_TONGUES = ("lang_ar", "lang_fr", "lang_zgh")
_JOINED = ("bal", "bel", "bl", "b", "l", "ال", "بال", "ب", "ل")  # glued to the name of a language


def tongue(text: str, lexicon: Lexicon, *, whole: bool = False) -> str | None:
    """The language that somebody asks for: the one they name and do not say that they cannot read.

    With `whole`, only where everything in the text is part of asking for it. Beside anything that may be an answer no
    language is asked for: "l'école en français".
    """
    words = normalise(text).split()
    if not 1 < len(words) <= _LONGEST or any(word in lexicon.thesaurus.themes for word in words):
        return None
    wanted: set[str] = set()
    asked, strange = False, 0
    for part in _CLAUSES.split(text):
        found = _clause(normalise(part).split(), lexicon)
        if found.named and found.strange and not found.denied:
            return None
        wanted |= found.named
        asked = asked or (found.asks and bool(found.named))
        strange += found.strange + found.denied
    if len(wanted) != 1 or not asked or strange > (0 if whole else _STRANGE):
        return None
    return wanted.pop()


class _Clause(NamedTuple):
    named: set[str]  # languages that are not denied
    denied: int  # how often something is denied
    asks: bool
    strange: int  # words that are no part of asking


def _clause(words: Sequence[str], lexicon: Lexicon) -> _Clause:
    kinds = [lexicon.requests.get(word, frozenset()) for word in words]
    named = [(at, found) for at, word in enumerate(words) if (found := _language(word, lexicon)) is not None]
    denials = [at for at, each in enumerate(kinds) if "not_speaking" in each]
    places = {at for at, _ in named}
    known = (bool(kinds[at]) or at in places or _is_small(word, lexicon) for at, word in enumerate(words))
    spoken = _far_from(denials, named) if named and denials else [found for _, found in named]
    asks = any("asking_tongue" in each for each in kinds)
    return _Clause(set(spoken), len(denials), asks, sum(not each for each in known))


def wonders(text: str, lexicon: Lexicon) -> bool:
    """Whether somebody asks who we are, whether we are to be trusted, or how this works; or asks for help with it."""
    words = normalise(text).split()
    if not 1 < len(words) <= _LONGEST:
        return False
    kinds = _kinds(words, lexicon)
    mine = any(lexicon.wishes.get(each) == "on_list" for word in words for each in (word, word.removeprefix("و")))
    if mine or any(word in lexicon.thesaurus.themes for word in words):
        return False  # where we have their number from is for the desk, and a theme may be an answer
    return "helping" in kinds or ("swindle" in kinds and asks(text, lexicon)) or {"wondering", "of_us"} <= kinds


def joins(text: str, lexicon: Lexicon) -> bool:
    """Whether all of a text says that they want to take part."""
    words = normalise(text).split()
    return (
        0 < len(words) <= _LONGEST
        and "joining" in _kinds(words, lexicon)
        and all(
            "joining" in lexicon.requests.get(word, ())
            or "beside_joining" in lexicon.requests.get(word, ())
            or _is_small(word, lexicon)
            for word in words
        )
    )


def _language(word: str, lexicon: Lexicon) -> str | None:
    for bare in (word, *(word.removeprefix(each) for each in _JOINED if word.startswith(each))):
        meaning = lexicon.meaning(bare) if len(bare) > _PHRASE else None
        if meaning is not None and meaning.intent in _TONGUES:
            return meaning.intent
    return None


def _far_from(denials: Sequence[int], named: Sequence[tuple[int, str]]) -> list[str]:
    """Of two languages in a clause that denies one, the other: "en français, je lis pas l'arabe" without the comma."""
    behind = [found for at, found in named if at > denials[-1]]
    before = [found for at, found in named if at < denials[-1]]
    if behind and before:  # "tamazight, pas le français"; of a verb that denies, what stands next to it
        denied = behind[0] if _nearer(denials[-1], named) >= 0 else before[-1]
        return [found for _, found in named if found != denied]
    by_distance = sorted(named, key=lambda each: min(abs(each[0] - at) for at in denials))
    denied = by_distance[0][1]
    return [found for _, found in by_distance if found != denied] if len(named) > 1 else []


def _nearer(at: int, named: Sequence[tuple[int, str]]) -> int:
    """How much nearer what stands behind a word is than what stands before it."""
    return min(at - place for place, _ in named if place < at) - min(place - at for place, _ in named if place > at)


def returns(text: str, lexicon: Lexicon) -> bool:
    """Whether somebody wants to go back to what was asked before."""
    words = normalise(text).split()
    return 1 < len(words) <= _LONGEST and {"returning", "before_this"} <= _kinds(words, lexicon)


def explains(text: str, lexicon: Lexicon) -> bool:
    """Whether somebody asks for help and says that it is with us: no answer, whatever was asked."""
    words = normalise(text).split()
    kinds = _kinds(words, lexicon)
    told = {"helping", "wondering", "of_us"} <= kinds or {"wondering", "of_answering"} <= kinds
    return told and 1 < len(words) <= _LONGEST


def _kinds(words: Sequence[str], lexicon: Lexicon) -> set[str]:
    """The lists that phrases of a text are in."""
    sizes = range(1, _PHRASE + 1)
    phrases = {" ".join(words[at : at + size]) for at in range(len(words)) for size in sizes}
    return {kind for phrase in phrases for kind in lexicon.requests.get(phrase, ())}


def _is_small(word: str, lexicon: Lexicon) -> bool:
    return (
        word in lexicon.fillers
        or word in lexicon.ands
        or lexicon.wishes.get(word) in ("to_me", "beside_stop", "wanting")
    )
