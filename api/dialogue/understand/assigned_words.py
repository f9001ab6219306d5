"""Check whether staff may assign a word to an option: the word must mean this option and nothing else. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from api.dialogue.understand.expected import Expected, Offer, Reads
from api.dialogue.understand.read import read
from api.dialogue.understand.sentences.phrases import position_of
from api.dialogue.understand.stopping import refuses, stop_wish
from api.dialogue.understand.vocabulary.everyday import (
    opinion_words,
    reversing_words,
    sound_index,
    sounds_like,
    surrounding_words,
)
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.dialogue.understand.vocabulary.likeness import resembles_name, resembles_number, resembles_stop
from api.text.normalise import normalise

_FEWEST, _MOST = 2, 6  # minimum letters in a word, maximum words in a phrase
_PART = 3  # minimum letters in a word of a phrase that is checked by itself
_NUMBER = "is a number, and numbers choose an option by its position"
_DIGIT = re.compile(r"\d")


def refusal(word: str, key: str, question: Expected, lexicon: Lexicon, anywhere: Expected) -> str | None:
    """If staff may not assign this word to the option `key`, return why, as the end of a sentence.

    Return None if they may. `question` does not have the new word yet. `anywhere` describes what is understood at every
    step of the dialogue.
    """
    normalised = normalise(word)
    words = normalised.split()
    if not words or len(words) > _MOST:
        return f"must have letters, and at most {_MOST} words"
    if (number_reason := _number_reason(words, lexicon)) is not None:
        return number_reason
    if (command := _command(word, normalised, lexicon, anywhere)) is not None:
        return f"is a command ({command})"
    if (
        len(normalised) < _FEWEST
        or _is_everyday(normalised.replace(" ", ""), lexicon)
        or all(_is_everyday(part, lexicon) for part in words)
    ):
        return "is too short or too common to mean one option"
    if (turning_word := next((part for part in words if part in reversing_words(lexicon)), None)) is not None:
        return f"contains {turning_word!r}, a word that reverses or cancels an answer"
    return _other_reason(word, words, key, question, lexicon)


def is_read(word: str, key: str, question: Expected, lexicon: Lexicon) -> bool:
    """Return whether a reply of just this word would be understood as the option `key`.

    The question is treated as one that takes a single option. In `question`, the word must already be assigned to
    `key`.
    """
    reading = read(word, replace(question, reads=Reads.ONE, ordered=False), lexicon)
    return reading.understood and reading.keys == (key,)


def _number_reason(words: Sequence[str], lexicon: Lexicon) -> str | None:
    """If the word may be read as a position in the list of options, return why."""
    if any(part.isdecimal() for part in words) or _is_place(words, lexicon):
        return _NUMBER
    if any(_DIGIT.search(part) for part in words):
        return "contains a digit, and digits choose an option by its position: spell the number in letters"
    candidates = [part for part in words if len(words) == 1 or part not in lexicon.articles]
    return _NUMBER if any(resembles_number(part, lexicon) for part in candidates) else None


def _other_reason(word: str, words: Sequence[str], key: str, question: Expected, lexicon: Lexicon) -> str | None:
    """If the word may mean another option or a command, return why."""
    for reads in (question.reads, Reads.ONE):
        reading = read(word, replace(question, reads=reads), lexicon)
        keys = {part.partition(":")[0] for part in reading.keys}
        if keys - {key} or (reading.guess and question.by_value(reading.guess) and reading.guess != key):
            return "could also mean another option"
        other_meaning = reading.intent or (reading.guess if reading.guess != key else None)
        if other_meaning is not None:
            return f"is a command ({other_meaning}) or looks like one"
    # the word may also look or sound like the name of another option
    others = [offer for offer in question.listed if offer.key != key]
    for part in (word, *(part for part in words if len(words) > 1 and len(part) >= _PART)):
        small = part is not word and _is_everyday(part, lexicon)
        if not small and any(_fits(part, other, lexicon) or resembles_name(part, other) for other in others):
            return "could also mean another option"
    return "looks like a command (stop)" if resembles_stop(word, lexicon) else None


def _fits(word: str, other: Offer, lexicon: Lexicon) -> bool:
    """Return whether the word also fits the option `other`."""
    # read the word as the answer to a question with this option only
    return bool(read(word, Expected(Reads.ONE, (other,)), lexicon).keys)


def _is_place(words: Sequence[str], lexicon: Lexicon) -> bool:
    """Return whether the words select an option by position: numbers, ordinals or letters."""
    significant = [part for part in words if part not in lexicon.fillers and part not in lexicon.ands] or words
    return all(position_of(part, lexicon, lettered=True) is not None for part in significant)


def _command(word: str, key: str, lexicon: Lexicon, anywhere: Expected) -> str | None:
    """Return the command as which this word is, or may be, understood."""
    joined = lexicon.meaning(key.replace(" ", ""))
    if (meaning := lexicon.meaning(key) or joined) is not None:
        return meaning.intent
    if stop_wish(word, lexicon) is not None or refuses(word, lexicon):
        return "stop"
    return read(word, anywhere, lexicon).intent


def _is_everyday(word: str, lexicon: Lexicon) -> bool:
    """Return whether this is a word that people write around answers, such as "please", in any spelling."""
    if word in lexicon.thesaurus.themes:
        return False
    return word in surrounding_words(lexicon) or sounds_like(word, sound_index(opinion_words(lexicon)))
