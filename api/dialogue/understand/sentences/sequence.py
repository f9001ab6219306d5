"""Read orders that are told out of sequence: the last first, each before the next, or only the first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from api.dialogue.understand.sentences.pieces import BREAK, Item, segments

_SMALL = ("fill", "and")
_BEFORE = ("9bel", "9bl", "qbel", "قبل", "avant", "antes que", "antes de", "before")
_PAIR = 2  # minimum links in a chain


def unroll_order(items: Sequence[Item]) -> Sequence[Item]:
    """Return the items in the order that is meant.

    A choice called "last" is put last ("la route en dernier, d'abord l'eau"), and a chain "A before B, B before C"
    becomes A, B, C.
    """
    parts = [part for part in segments(items) if any(item.kind not in _SMALL for item in part)]
    return _unrolled_chain(parts) or _last_moved_to_end(parts) or items


def only_first(items: Sequence[Item]) -> Sequence[Item]:
    """Return the one name called "first", without that word, if no other choice is named; otherwise all items."""
    names = [item for item in items if item.kind == "name"]
    ranks = [item.number for item in items if item.kind == "ordinal"]
    has_others = any(item.kind not in ("name", "ordinal", *_SMALL) for item in items)
    return names if len(names) == 1 and ranks == [1] and not has_others else items


def _unrolled_chain(parts: Sequence[Sequence[Item]]) -> list[Item]:
    """Return the names of a chain in order ("A before B, B before C"); empty for any other form.

    Each pair must begin with the name that ends the pair before it.
    """
    pairs = []
    for part in parts:
        pair_items = [item for item in part if item.kind not in _SMALL]
        is_linked = any(item.kind == "and" and item.words in _BEFORE for item in part)
        if not is_linked or [item.kind for item in pair_items] != ["name", "name"]:
            return []
        pairs.append(pair_items)
    is_joined = all(before[1].key == after[0].key for before, after in pairwise(pairs))
    chain = [pairs[0][0], *(pair[1] for pair in pairs)] if pairs else []
    is_plain = len(pairs) >= _PAIR and is_joined and len({item.key for item in chain}) == len(chain)
    return chain if is_plain else []


def _last_moved_to_end(parts: Sequence[Sequence[Item]]) -> list[Item]:
    """If the text begins with "the road last", return the names with that one at the end; otherwise nothing."""
    head = [item for item in parts[0] if item.kind not in _SMALL] if parts else []
    rest = [item for part in parts[1:] for item in part]
    ranks = [item.number for item in rest if item.kind == "ordinal"]
    names = [item for item in rest if item.kind == "name"]
    last = max((item.number for item in head), default=0)
    is_plain = all(item.kind in ("name", "ordinal", *_SMALL) for item in rest) and ranks in ([], [1])
    begins_with_rank = not ranks or next(item for item in rest if item.kind in ("name", "ordinal")).kind == "ordinal"
    if (
        sorted(item.kind for item in head) != ["name", "ordinal"]
        or not is_plain
        or not begins_with_rank
        or not names
        or last != len(names) + 1
    ):
        return []
    if len({item.key for item in (*names, *(each for each in head if each.kind == "name"))}) != last:
        return []
    return [*names, BREAK, *(item for item in head if item.kind == "name")]
