"""Whether a word may be given to an option beside its label: it must mean this option, and nothing else. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from api.dialogue.understand.expected import Expected, Offer, Reads
from api.dialogue.understand.read import read
from api.dialogue.understand.sentences.phrases import place_of
from api.dialogue.understand.stopping import refuses, wish
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.text.normalise import normalise

_FEWEST, _MOST = 2, 6  # letters of a word at least, and words of a phrase at most
_PART = 3  # letters of a word within a phrase that may be known by itself
_ROLES = frozenset(("worn", "settled", "beside", "things"))  # lists of clauses.toml whose words name something


def refusal(word: str, others: Sequence[Offer], lexicon: Lexicon, anywhere: Expected) -> str | None:
    """Why this word cannot be given to an option, as the end of a sentence; None if it can.

    `others` are the other options; `anywhere` is what is heard at every step, whatever is asked.
    """
    key = normalise(word)
    said = key.split()
    if not said or len(said) > _MOST:
        return f"has no letters, or more than {_MOST} words"
    if any(each.isdecimal() for each in said) or _is_place(said, lexicon):
        return "is a number, and numbers name places in the list"
    if (command := _command(word, key, lexicon, anywhere)) is not None:
        return f"is a word of its own ({command})"
    if len(key) < _FEWEST or _is_small(key, lexicon) or all(_is_small(each, lexicon) for each in said):
        return "says nothing by itself"
    for part in (word, *(each for each in said if len(said) > 1 and len(each) >= _PART)):
        if not _is_small(part, lexicon) and any(_fits(part, other, lexicon) for other in others):
            return "fits another option, too"
    return None


def is_read(word: str, key: str, offers: Sequence[Offer], lexicon: Lexicon) -> bool:
    """Whether this word, given to the option of this key, is understood as it."""
    found = read(word, Expected(Reads.ONE, tuple(offers)), lexicon)
    return found.understood and found.keys == (key,)


def _fits(word: str, other: Offer, lexicon: Lexicon) -> bool:
    """Whether it would mean this option if no other were there: what several of them share is found, too."""
    return bool(read(word, Expected(Reads.ONE, (other,)), lexicon).keys)


def _is_place(said: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether it is nothing but a number, an ordinal or a letter of the list, and small words."""
    rest = [each for each in said if each not in lexicon.fillers and each not in lexicon.ands] or said
    return all(place_of(each, lexicon, lettered=True) is not None for each in rest)


def _command(word: str, key: str, lexicon: Lexicon, anywhere: Expected) -> str | None:
    """The word of ours that it is, or may be."""
    if (meaning := lexicon.meaning(key)) is not None:
        return meaning.intent
    if wish(word, lexicon) is not None or refuses(word, lexicon):
        return "stop"
    return read(word, anywhere, lexicon).intent


def _is_small(word: str, lexicon: Lexicon) -> bool:
    if word in lexicon.thesaurus.themes:
        return False
    lists = (lexicon.fillers, lexicon.ands, lexicon.doubts, lexicon.weights, lexicon.units, lexicon.articles)
    return any(word in each for each in lists) or bool(lexicon.roles.get(word, frozenset()) - _ROLES)
