"""Decide whether a word that staff assigned to a choice may count in an answer. Pure functions.

An assigned word counts only in a part of the answer that names no other choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from api.dialogue.understand.expected import Expected, Offer, Reading, Reads
from api.dialogue.understand.sentences.pieces import BREAK, Item, segments
from api.dialogue.understand.sentences.scanning import scan
from api.dialogue.understand.sentences.wrapping import unwrap
from api.dialogue.understand.vocabulary.choice_names import ChoiceVocabulary, choice_vocabulary
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.text.normalise import fold

_LONGEST = 400  # maximum letters in an answer that is cut into parts


def without_assigned_words(expected: Expected) -> Expected:
    """Return the question without the words that staff assigned to its choices.

    If it has none, return the same object.
    """
    bare = _bare(expected.offers)
    return expected if bare is None else replace(expected, offers=bare)


@lru_cache(maxsize=512)
def _bare(offers: tuple[Offer, ...]) -> tuple[Offer, ...] | None:
    if not any(name.assigned for offer in offers for name in offer.names):
        return None
    return tuple(replace(offer, names=tuple(name for name in offer.names if not name.assigned)) for offer in offers)


def stands_beside_other_choice(
    text: str, reading: Reading, expected: Expected, labels: Expected, lexicon: Lexicon
) -> bool:
    """Return whether an assigned word stands next to a number, or next to the name of another choice.

    If so, the caller discards the reading: an everyday word could otherwise add its choice to a list ("nbghi eau"). An
    "and" or a comma separates words. If the text cannot be checked, the result is also true. `labels` is the question
    without assigned words.
    """
    # points: each word has its own number
    if expected.reads not in (Reads.ONE, Reads.MANY):
        return False
    items = scan(fold(unwrap(text, lexicon)), expected, lexicon) if len(text) <= _LONGEST else None
    # too long to check
    if items is None:
        return True
    known = choice_vocabulary(labels.listed, lexicon.thesaurus)
    names = choice_vocabulary(expected.listed, lexicon.thesaurus)
    seen_assigned = False
    for part in segments([each for item in items for each in _apart(item, names, lexicon)]):
        choosing = [item for item in part if item.chooses and not _is_article(item, lexicon)]
        assigned = {item.key for item in choosing if _is_assigned(item, known)}
        seen_assigned = seen_assigned or bool(assigned)
        if assigned and (
            len(assigned) > 1 or any(item.key not in assigned or item.kind != "name" for item in choosing)
        ):
            return True
    # several choices were read, but it is unclear by which words
    return not seen_assigned and len(reading.keys) > 1


def _apart(item: Item, names: ChoiceVocabulary, lexicon: Lexicon) -> Sequence[Item]:
    """Return the item, with a break before it if it begins with "and" ("et la saniya")."""
    if item.kind == "and":
        return (BREAK,)
    head = item.words.partition(" ")
    joined = (head[2] and head[0] in lexicon.ands) or (item.words[:1] == "و" and names.meaning(item.words[1:]))
    return (BREAK, item) if joined else (item,)


def _is_assigned(item: Item, known: ChoiceVocabulary) -> bool:
    """Return whether the item names a choice by an assigned word, not by the choice's label."""
    mention = known.phrases.get(item.words) or known.meaning(item.words)
    return item.kind == "name" and (mention is None or mention.key != item.key)


def _is_article(item: Item, lexicon: Lexicon) -> bool:
    """Return whether the item may be an article before a name: "une" or "واحد", which also mean "one"."""
    return item.kind == "place" and lexicon.numbers.get(item.words) == 1
