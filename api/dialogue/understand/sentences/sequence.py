"""Read orders given indirectly: "A before B", the last choice first, or only the first choice. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from api.dialogue.understand.sentences.pieces import BREAK, Item, segments

_SMALL = ("fill", "and")
_BEFORE = ("9bel", "9bl", "qbel", "قبل", "avant", "antes que", "antes de", "before")
_PAIR = 2  # minimum links in a chain


def unroll_order(items: Sequence[Item]) -> Sequence[Item]:
    """Return the names in the order that the text means.

    If the text begins with the last choice ("la route en dernier, d'abord l'eau"), that choice moves to the end. A
    chain "A before B, B before C" becomes A, B, C. If the text has neither form, all items are returned.
    """
    parts = [part for part in segments(items) if any(item.kind not in _SMALL for item in part)]
    return _unrolled_chain(parts) or _last_moved_to_end(parts) or items


def only_first(items: Sequence[Item]) -> Sequence[Item]:
    """If the text names only one choice and calls it "first", return its name alone; otherwise return all items."""
    names = [item for item in items if item.kind == "name"]
    ranks = [item.number for item in items if item.kind == "ordinal"]
    has_others = any(item.kind not in ("name", "ordinal", *_SMALL) for item in items)
    return names if len(names) == 1 and ranks == [1] and not has_others else items


def _unrolled_chain(parts: Sequence[Sequence[Item]]) -> list[Item]:
    """Return the names of a chain in order ("A before B, B before C"); empty for any other form."""
    pairs = []
    for part in parts:
        pair_items = [item for item in part if item.kind not in _SMALL]
        is_linked = any(item.kind == "and" and item.words in _BEFORE for item in part)
        if not is_linked or [item.kind for item in pair_items] != ["name", "name"]:
            return []
        pairs.append(pair_items)
    # each pair must begin with the name that ends the pair before it
    is_joined = all(before[1].key == after[0].key for before, after in pairwise(pairs))
    chain = [pairs[0][0], *(pair[1] for pair in pairs)] if pairs else []
    is_plain = len(pairs) >= _PAIR and is_joined and len({item.key for item in chain}) == len(chain)
    return chain if is_plain else []


def _last_moved_to_end(parts: Sequence[Sequence[Item]]) -> list[Item]:
    """If the text first says what comes last ("the road last"), return the names with that one at the end."""
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
