"""Wishes that people put in many ways: to have their data erased, to speak with somebody, that a number is not theirs.

Pure. All are asked about before anything is done, so that a sentence taken wrongly costs one question.
"""

from __future__ import annotations

import re

from api.dialogue.understand.requests import tongue, wonders
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.text.normalise import normalise

_LONGEST = 12  # words of such a sentence
_NAME = 3  # words of a name
_PIECES = re.compile(r"[,،\n]")
_WORD = re.compile(r"[^\W\d_]+")
_SMALL = ("to_me", "beside_stop", "wanting")  # lists of grammar.toml that change nothing here


def errand(text: str, lexicon: Lexicon) -> str | None:
    """The intent of a sentence of this sort: "erase", "wrong", "desk", "meetings", "help", a language, or None."""
    said = normalise(text).split(maxsplit=_LONGEST)
    if not 1 < len(said) <= _LONGEST:
        return None
    words = [word if word in lexicon.fillers else _unjoined(word, lexicon) for word in said]
    if _erases(words, lexicon):
        return "erase"
    if wants_somebody(text, lexicon):
        return "desk"
    if lexicon.when & {*words} and lexicon.meeting & {*words}:
        return "meetings"
    if _is_not_me(text, lexicon):
        return "wrong"
    return tongue(text, lexicon) or ("help" if wonders(text, lexicon) else None)


def _unjoined(word: str, lexicon: Lexicon) -> str:
    """A thing of theirs without the "and" glued to it."""
    return word[1:] if word.startswith("و") and word[1:] in lexicon.erasable else word


def _erases(words: list[str], lexicon: Lexicon) -> bool:
    """Whether all of it is a word for erasing, what of theirs is meant, and small words ("ms7 lia ma3lomati")."""
    verbs = [word for word in words if _is_erasing(word, lexicon)]
    things = [word for word in words if word in lexicon.erasable]
    rest = (word for word in words if word not in verbs and word not in things)
    return bool(verbs and things) and all(_is_small(word, lexicon) for word in rest)


def wants_somebody(text: str, lexicon: Lexicon) -> bool:
    """Whether all of it says that they want to speak with somebody ("bghit nhder m3a chi wahed")."""
    words = normalise(text).split()
    if not 1 < len(words) <= _LONGEST:
        return False
    lists = {lexicon.talking.get(word, "") for word in words}
    rest = (word for word in words if word not in lexicon.talking)
    return {"speaking", "somebody"} <= lists and all(_is_small(word, lexicon) for word in rest)


def _is_erasing(word: str, lexicon: Lexicon) -> bool:
    meaning = lexicon.meaning(word)
    return word in lexicon.erasing or (meaning is not None and meaning.intent == "erase")


def _is_small(word: str, lexicon: Lexicon) -> bool:
    return word.isdecimal() or word in lexicon.fillers or word in lexicon.ands or lexicon.wishes.get(word) in _SMALL


def _is_not_me(text: str, lexicon: Lexicon) -> bool:
    """Whether it says that they are not somebody: the words for it, then a name ("je ne suis pas Ahmed").

    Behind a comma or on another line the name is a signature.
    """
    return any(_denies(piece, normalise(piece).split(), lexicon) for piece in _PIECES.split(text))


def _denies(text: str, words: list[str], lexicon: Lexicon) -> bool:
    for size in range(len(words) - 1, 0, -1):
        if " ".join(words[:size]) in lexicon.not_me:
            named = [word for word in words[size:] if word not in lexicon.fillers]
            return 0 < len(named) <= _NAME and _is_name(text, named, lexicon)
    return False


def _is_name(text: str, named: list[str], lexicon: Lexicon) -> bool:
    """Whether these are names: one that many people have, or words unknown to us that are written with a capital."""
    if named[0] in lexicon.first_names:
        return True
    known = lexicon.fillers | lexicon.doubts | lexicon.weights | lexicon.units
    capitals = {normalise(word) for word in _WORD.findall(text) if word[0].isupper() and not word.isupper()}
    return all(word in capitals and word not in known and lexicon.meaning(word) is None for word in named)
