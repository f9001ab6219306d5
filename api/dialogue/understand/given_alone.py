"""Where a word given to a choice counts: as a part of an answer by itself, never beside another choice. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from api.dialogue.understand.expected import Expected, Offer, Reading, Reads
from api.dialogue.understand.sentences.pieces import BREAK, Item, segments
from api.dialogue.understand.sentences.scanning import scanned
from api.dialogue.understand.sentences.wrapping import unwrapped
from api.dialogue.understand.vocabulary.choice_names import Wide, wide
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.text.normalise import fold

_LONGEST = 400  # letters of an answer that is cut into its parts


def labelled(expected: Expected) -> Expected:
    """The same, without the words that were given to its choices; itself, if there are none."""
    bare = _bare(expected.offers)
    return expected if bare is None else replace(expected, offers=bare)


@lru_cache(maxsize=512)
def _bare(offers: tuple[Offer, ...]) -> tuple[Offer, ...] | None:
    if not any(name.given for offer in offers for name in offer.names):
        return None
    return tuple(replace(offer, names=tuple(name for name in offer.names if not name.given)) for offer in offers)


def stands_beside(text: str, found: Reading, expected: Expected, labels: Expected, lexicon: Lexicon) -> bool:
    """Whether a given word stands beside a number or the name of another choice, with no "and" or comma between.

    So an everyday word that was given to a choice adds it to nobody's list ("nbghi eau"). Of points every word has its
    own. `labels` is what was asked without such words. Where several are found and no given word is seen, it is so.
    """
    if expected.reads not in (Reads.ONE, Reads.MANY):
        return False
    items = scanned(fold(unwrapped(text, lexicon)), expected, lexicon) if len(text) <= _LONGEST else None
    if items is None:
        return True
    known, names = wide(labels.listed, lexicon.thesaurus), wide(expected.listed, lexicon.thesaurus)
    seen = False
    for part in segments([each for item in items for each in _apart(item, names, lexicon)]):
        said = [item for item in part if item.chooses and not _is_article(item, lexicon)]
        given = {item.key for item in said if _is_given(item, known)}
        seen = seen or bool(given)
        if given and (len(given) > 1 or any(item.key not in given or item.kind != "name" for item in said)):
            return True
    return not seen and len(found.keys) > 1


def _apart(item: Item, names: Wide, lexicon: Lexicon) -> Sequence[Item]:
    """An item, with a break in the place of an "and", also of one that is read with a name ("et la saniya")."""
    if item.kind == "and":
        return (BREAK,)
    led = item.words.partition(" ")
    joined = (led[2] and led[0] in lexicon.ands) or (item.words[:1] == "و" and names.meaning(item.words[1:]))
    return (BREAK, item) if joined else (item,)


def _is_given(item: Item, known: Wide) -> bool:
    """Whether this names a choice by no label of it."""
    mention = known.phrases.get(item.words) or known.meaning(item.words)
    return item.kind == "name" and (mention is None or mention.key != item.key)


def _is_article(item: Item, lexicon: Lexicon) -> bool:
    """Whether it is "une" or "واحد", which may stand before a name."""
    return item.kind == "place" and lexicon.numbers.get(item.words) == 1
