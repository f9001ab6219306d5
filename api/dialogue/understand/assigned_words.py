"""Whether a word may be given to an option beside its label: it must mean this option, and nothing else. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from api.dialogue.understand.expected import Expected, Offer, Reads
from api.dialogue.understand.read import read
from api.dialogue.understand.sentences.phrases import place_of
from api.dialogue.understand.stopping import refuses, wish
from api.dialogue.understand.vocabulary.everyday import around, sounds_like, sounds_of, turning, wishing
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.dialogue.understand.vocabulary.likeness import like_name, like_number, like_stop
from api.text.normalise import normalise

_FEWEST, _MOST = 2, 6  # letters of a word at least, and words of a phrase at most
_PART = 3  # letters of a word within a phrase that may be known by itself
_NUMBER = "is a number, and numbers name places in the list"
_DIGIT = re.compile(r"\d")


def refusal(word: str, key: str, asked: Expected, lexicon: Lexicon, anywhere: Expected) -> str | None:
    """Why this word cannot be given to the option of this key, as the end of a sentence; None if it can.

    `asked` is the question as it is read without the word; `anywhere` is what is heard at every step.
    """
    spelt = normalise(word)
    said = spelt.split()
    if not said or len(said) > _MOST:
        return f"has no letters, or more than {_MOST} words"
    if (counted := _counted(said, lexicon)) is not None:
        return counted
    if (command := _command(word, spelt, lexicon, anywhere)) is not None:
        return f"is a word of its own ({command})"
    if (
        len(spelt) < _FEWEST
        or _is_small(spelt.replace(" ", ""), lexicon)
        or all(_is_small(each, lexicon) for each in said)
    ):
        return "says nothing by itself"
    if (turned := next((each for each in said if each in turning(lexicon)), None)) is not None:
        return f"holds {turned!r}, which turns an answer around or chooses nothing"
    return _other(word, said, key, asked, lexicon)


def is_read(word: str, key: str, asked: Expected, lexicon: Lexicon) -> bool:
    """Whether this word, given to the option of this key, is understood as it where one option is asked for."""
    found = read(word, replace(asked, reads=Reads.ONE, ordered=False), lexicon)
    return found.understood and found.keys == (key,)


def _counted(said: Sequence[str], lexicon: Lexicon) -> str | None:
    """Why it may name a place in the list."""
    if any(each.isdecimal() for each in said) or _is_place(said, lexicon):
        return _NUMBER
    if any(_DIGIT.search(each) for each in said):
        return "holds a digit, and digits name places in the list: write it in letters"
    loose = [each for each in said if len(said) == 1 or each not in lexicon.articles]
    return _NUMBER if any(like_number(each, lexicon) for each in loose) else None


def _other(word: str, said: Sequence[str], key: str, asked: Expected, lexicon: Lexicon) -> str | None:
    """Why it may mean another option, or a word of ours: as the question is read today, at a glance, or by ear."""
    for reads in (asked.reads, Reads.ONE):
        found = read(word, replace(asked, reads=reads), lexicon)
        keys = {each.partition(":")[0] for each in found.keys}
        if keys - {key} or (found.guess and asked.by_value(found.guess) and found.guess != key):
            return "fits another option, too"
        meant = found.intent or (found.guess if found.guess != key else None)
        if meant is not None:
            return f"is a word of its own ({meant}), or looks like it"
    others = [offer for offer in asked.listed if offer.key != key]
    for part in (word, *(each for each in said if len(said) > 1 and len(each) >= _PART)):
        small = part is not word and _is_small(part, lexicon)
        if not small and any(_fits(part, other, lexicon) or like_name(part, other) for other in others):
            return "fits another option, too"
    return "looks like a word of its own (stop)" if like_stop(word, lexicon) else None


def _fits(word: str, other: Offer, lexicon: Lexicon) -> bool:
    """Whether it would mean this option if no other were there: what several of them share is found, too."""
    return bool(read(word, Expected(Reads.ONE, (other,)), lexicon).keys)


def _is_place(said: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether it is nothing but a number, an ordinal or a letter of the list, and small words."""
    rest = [each for each in said if each not in lexicon.fillers and each not in lexicon.ands] or said
    return all(place_of(each, lexicon, lettered=True) is not None for each in rest)


def _command(word: str, key: str, lexicon: Lexicon, anywhere: Expected) -> str | None:
    """The word of ours that it is, or may be."""
    squeezed = lexicon.meaning(key.replace(" ", ""))
    if (meaning := lexicon.meaning(key) or squeezed) is not None:
        return meaning.intent
    if wish(word, lexicon) is not None or refuses(word, lexicon):
        return "stop"
    return read(word, anywhere, lexicon).intent


def _is_small(word: str, lexicon: Lexicon) -> bool:
    """Whether people write this around answers, in whichever spelling."""
    if word in lexicon.thesaurus.themes:
        return False
    return word in around(lexicon) or sounds_like(word, sounds_of(wishing(lexicon)))
