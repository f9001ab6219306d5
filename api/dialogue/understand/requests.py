"""What people ask of us in a sentence: another language, who we are and how it works, to take part. Pure.

Each is told by words of two lists of grammar.toml together, never by one word alone: "français" may be an answer, and
"bghit nkml b français" is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from api.dialogue.understand.lexicon import Lexicon
from api.normalise import normalise

_LONGEST = 14  # words of such a sentence
_PHRASE = 3  # words of a phrase of the lists
_CLAUSES = re.compile(r"[,،;؛:.!?؟\n]+")
_TONGUES = ("lang_ar", "lang_fr", "lang_zgh")
_JOINED = ("bal", "bel", "bl", "b", "l", "ال", "بال", "ب", "ل")  # glued to the name of a language


def tongue(text: str, lexicon: Lexicon, *, whole: bool = False) -> str | None:
    """The language that somebody asks for: the one they name and do not say that they cannot read.

    With `whole`, only where everything in the text is part of asking for it.
    """
    if not 1 < len(normalise(text).split()) <= _LONGEST:
        return None
    wanted: set[str] = set()
    asked = clean = False
    for part in _CLAUSES.split(text):
        words = normalise(part).split()
        named = [found for word in words if (found := _language(word, lexicon)) is not None]
        kinds = [lexicon.requests.get(word, frozenset()) for word in words]
        denials = [at for at, each in enumerate(kinds) if "not_speaking" in each]
        if named and denials:
            named = _far_from(denials, [(at, found) for at, word in enumerate(words) if (found := _language(word, lexicon))])
            asked = asked or (bool(named) and any("asking_tongue" in each for each in kinds))
            wanted |= set(named)
            clean = False
            continue
        wanted |= set(named)
        asked = asked or any("asking_tongue" in each for each in kinds)
        known = all(each or _language(word, lexicon) or _is_small(word, lexicon) for word, each in zip(words, kinds, strict=True))
        clean = known if not wanted - set(named) else clean and known
    if len(wanted) != 1 or not asked or (whole and not clean):
        return None
    return wanted.pop()


def wonders(text: str, lexicon: Lexicon) -> bool:
    """Whether somebody asks who we are, whether we are to be trusted, or how this works; or asks for help with it."""
    words = normalise(text).split()
    if not 1 < len(words) <= _LONGEST:
        return False
    kinds = _kinds(words, lexicon)
    mine = any(lexicon.wishes.get(each) == "on_list" for word in words for each in (word, word.removeprefix("و")))
    if mine:
        return False  # where we have their number from is for the desk
    return "helping" in kinds or "swindle" in kinds or ({"wondering", "of_us"} <= kinds)


def joins(text: str, lexicon: Lexicon) -> bool:
    """Whether all of a text says that they want to take part."""
    words = normalise(text).split()
    return 0 < len(words) <= _LONGEST and "joining" in _kinds(words, lexicon) and all(
        "joining" in lexicon.requests.get(word, ()) or "beside_joining" in lexicon.requests.get(word, ()) or _is_small(word, lexicon)
        for word in words
    )


def _language(word: str, lexicon: Lexicon) -> str | None:
    for bare in (word, *(word.removeprefix(each) for each in _JOINED if word.startswith(each))):
        meaning = lexicon.meaning(bare) if len(bare) > _PHRASE else None
        if meaning is not None and meaning.intent in _TONGUES:
            return meaning.intent
    return None


def _far_from(denials: Sequence[int], named: Sequence[tuple[int, str]]) -> list[str]:
    """Of two languages in a clause that denies one, the other: "en français, je lis pas l'arabe" without the comma."""
    by_distance = sorted(named, key=lambda each: min(abs(each[0] - at) for at in denials))
    denied = by_distance[0][1]
    return [found for _, found in by_distance if found != denied] if len(named) > 1 else []


def returns(text: str, lexicon: Lexicon) -> bool:
    """Whether somebody wants to go back to what was asked before."""
    words = normalise(text).split()
    return 1 < len(words) <= _LONGEST and {"returning", "before_this"} <= _kinds(words, lexicon)


def explains(text: str, lexicon: Lexicon) -> bool:
    """Whether somebody asks for help and says that it is with us: no answer, whatever was asked."""
    words = normalise(text).split()
    return 1 < len(words) <= _LONGEST and {"helping", "wondering", "of_us"} <= _kinds(words, lexicon)


def _kinds(words: Sequence[str], lexicon: Lexicon) -> set[str]:
    """The lists that phrases of a text are in."""
    sizes = range(1, _PHRASE + 1)
    phrases = {" ".join(words[at : at + size]) for at in range(len(words)) for size in sizes}
    return {kind for phrase in phrases for kind in lexicon.requests.get(phrase, ())}


def _is_small(word: str, lexicon: Lexicon) -> bool:
    return word in lexicon.fillers or word in lexicon.ands or lexicon.wishes.get(word) in ("to_me", "beside_stop", "wanting")
