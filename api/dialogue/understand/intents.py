"""Recognise requests that people word in many ways: erase my data, I want to speak with somebody, this is not me. Pure.

Each request is confirmed before anything is done, so a misread sentence costs only one question.
"""

from __future__ import annotations

import re

from api.dialogue.understand.requests import asks_about_us, requested_language
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.text.normalise import normalise

_LONGEST = 12  # maximum words in such a sentence
_NAME = 3  # maximum words in a name
_PIECES = re.compile(r"[,،\n]")
_WORD = re.compile(r"[^\W\d_]+")
_FILLER_LISTS = ("to_me", "beside_stop", "wanting")  # lists of grammar.toml whose words change nothing here


def sentence_intent(text: str, lexicon: Lexicon) -> str | None:
    """Return what a sentence requests; None if it requests nothing.

    The intents are "erase", "wrong" (number), "desk" (speak with the staff), "meetings", "help" and the languages.
    """
    spoken = normalise(text).split(maxsplit=_LONGEST)
    if not 1 < len(spoken) <= _LONGEST:
        return None
    words = [word if word in lexicon.fillers else _unjoined(word, lexicon) for word in spoken]
    if _erases(words, lexicon):
        return "erase"
    if wants_somebody(text, lexicon):
        return "desk"
    if lexicon.when & {*words} and lexicon.meeting & {*words}:
        return "meetings"
    if _is_not_me(text, lexicon):
        return "wrong"
    return requested_language(text, lexicon) or ("help" if asks_about_us(text, lexicon) else None)


def _unjoined(word: str, lexicon: Lexicon) -> str:
    """Return the word without an "and" (و) glued before it."""
    # other words may begin with this letter
    return word[1:] if word.startswith("و") and word[1:] in lexicon.erasable else word


def _erases(words: list[str], lexicon: Lexicon) -> bool:
    """Return whether the words only ask to erase something: a verb, a thing and fillers ("ms7 lia ma3lomati")."""
    verbs = [word for word in words if _is_erasing(word, lexicon)]
    things = [word for word in words if word in lexicon.erasable]
    rest = (word for word in words if word not in verbs and word not in things)
    return bool(verbs and things) and all(_is_filler(word, lexicon) for word in rest)


def wants_somebody(text: str, lexicon: Lexicon) -> bool:
    """Return whether the text only says that its author wants to speak with somebody ("bghit nhder m3a chi wahed")."""
    words = normalise(text).split()
    if not 1 < len(words) <= _LONGEST:
        return False
    lists = {lexicon.talking.get(word, "") for word in words}
    rest = (word for word in words if word not in lexicon.talking)
    return {"speaking", "somebody"} <= lists and all(_is_filler(word, lexicon) for word in rest)


def _is_erasing(word: str, lexicon: Lexicon) -> bool:
    meaning = lexicon.meaning(word)
    return word in lexicon.erasing or (meaning is not None and meaning.intent == "erase")


def _is_filler(word: str, lexicon: Lexicon) -> bool:
    return (
        word.isdecimal() or word in lexicon.fillers or word in lexicon.ands or lexicon.wishes.get(word) in _FILLER_LISTS
    )


def _is_not_me(text: str, lexicon: Lexicon) -> bool:
    """Return whether the author says they are not a certain person ("je ne suis pas Ahmed")."""
    # a name after a comma or on another line is a signature
    return any(_denies(piece, normalise(piece).split(), lexicon) for piece in _PIECES.split(text))


def _denies(text: str, words: list[str], lexicon: Lexicon) -> bool:
    for size in range(len(words) - 1, 0, -1):
        if " ".join(words[:size]) in lexicon.not_me:
            name_words = [word for word in words[size:] if word not in lexicon.fillers]
            return 0 < len(name_words) <= _NAME and _is_name(text, name_words, lexicon)
    return False


def _is_name(text: str, name_words: list[str], lexicon: Lexicon) -> bool:
    """Return whether these words are a person's name."""
    if name_words[0] in lexicon.first_names:
        return True
    known = lexicon.fillers | lexicon.doubts | lexicon.weights | lexicon.units
    # without a common first name, every word must be unknown and begin with a capital
    capitals = {normalise(word) for word in _WORD.findall(text) if word[0].isupper() and not word.isupper()}
    return all(word in capitals and word not in known and lexicon.meaning(word) is None for word in name_words)
