"""Orders that are told out of order: the last before the first, each before the next, and the first alone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from api.dialogue.understand.sentences.pieces import BREAK, Item, segments

_SMALL = ("fill", "and")
_BEFORE = ("9bel", "9bl", "qbel", "قبل", "avant", "antes que", "antes de", "before")
_PAIR = 2  # links that make a chain


def turns(items: Sequence[Item]) -> Sequence[Item]:
    """The items of an order with the last at its end ("la route en dernier, d'abord l'eau"), and chains unrolled."""
    parts = [part for part in segments(items) if any(item.kind not in _SMALL for item in part)]
    return _chained(parts) or _last_first(parts) or items


def first_alone(items: Sequence[Item]) -> Sequence[Item]:
    """The one name, without the word that says it comes first, where the rest is all the same to them."""
    names = [item for item in items if item.kind == "name"]
    ranks = [item.number for item in items if item.kind == "ordinal"]
    others = any(item.kind not in ("name", "ordinal", *_SMALL) for item in items)
    return names if len(names) == 1 and ranks == [1] and not others else items


def _chained(parts: Sequence[Sequence[Item]]) -> list[Item]:
    """ "A before B, B before C": each pair begins where the one before it ended."""
    pairs = []
    for part in parts:
        named = [item for item in part if item.kind not in _SMALL]
        linked = any(item.kind == "and" and item.words in _BEFORE for item in part)
        if not linked or [item.kind for item in named] != ["name", "name"]:
            return []
        pairs.append(named)
    joined = all(before[1].key == after[0].key for before, after in pairwise(pairs))
    chain = [pairs[0][0], *(pair[1] for pair in pairs)] if pairs else []
    plain = len(pairs) >= _PAIR and joined and len({item.key for item in chain}) == len(chain)
    return chain if plain else []


def _last_first(parts: Sequence[Sequence[Item]]) -> list[Item]:
    """A part that is one name and "last" goes to the end, if no other part tells more than what is first."""
    head = [item for item in parts[0] if item.kind not in _SMALL] if parts else []
    rest = [item for part in parts[1:] for item in part]
    ranks = [item.number for item in rest if item.kind == "ordinal"]
    names = [item for item in rest if item.kind == "name"]
    last = max((item.number for item in head), default=0)
    plain = all(item.kind in ("name", "ordinal", *_SMALL) for item in rest) and ranks in ([], [1])
    opened = not ranks or next(item for item in rest if item.kind in ("name", "ordinal")).kind == "ordinal"
    if (
        sorted(item.kind for item in head) != ["name", "ordinal"]
        or not plain
        or not opened
        or not names
        or last != len(names) + 1
    ):
        return []
    if len({item.key for item in (*names, *(each for each in head if each.kind == "name"))}) != last:
        return []
    return [*names, BREAK, *(item for item in head if item.kind == "name")]
