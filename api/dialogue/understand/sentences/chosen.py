"""Decide what the parts of an answer choose: one of the options, or several in an order. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from api.dialogue.understand.expected import Expected, Reading, Reads
from api.dialogue.understand.sentences.clauses import Parts
from api.dialogue.understand.sentences.pieces import Item
from api.dialogue.understand.vocabulary.lexicon import Sureness

_FEWEST = 2  # minimum names in an order


def read_chosen(parts: Parts, expected: Expected) -> Reading | None:
    """Return the choice or choices that an answer names; None if that is unclear."""
    return _one(parts) if expected.reads is Reads.ONE else _many(parts, expected)


def _one(parts: Parts) -> Reading | None:
    keys = _unique(parts.chosen)
    if len(keys) != 1 or parts.all or parts.ends or parts.count or keys[0] in _unique(parts.denied):
        return None
    return _reading(keys)


def _many(parts: Parts, expected: Expected) -> Reading | None:
    listed = [offer.key for offer in expected.listed]
    denied = _unique(parts.denied)
    if parts.all or parts.ends:
        keys = _all(parts, listed, denied)
        return None if expected.ordered or parts.chosen or not keys else _reading(keys)
    if expected.ordered and _leaves_a_gap(parts.chosen, len(listed)):
        return None
    choices = _without_ends(parts.chosen, len(listed))
    keys = _ordered(choices, len(listed))
    if not keys:
        keys = _unique(choices)
        rank_kinds = {item.kind == "ordinal" for item in choices}
        repeats = len({(item.kind, item.key) for item in choices}) < len(choices)
        if parts.mixed or len(rank_kinds) > 1 or (repeats and (expected.ordered or len(keys) < _FEWEST)):
            return None  # "4 l'eau" contradicts itself, and "1 1" may mean two choices
    if not keys or set(keys) & set(denied) or parts.count not in (0, len(keys)):
        return None
    return _reading(keys)


def _all(parts: Parts, listed: Sequence[str], denied: Sequence[str]) -> list[str]:
    """Return the options meant by "all", "all except …", "the first two" or "the last two"."""
    if parts.ends and 0 < parts.count <= len(listed):
        return [*(listed[: parts.count] if parts.ends == "firsts" else listed[-parts.count :])]
    if parts.ends or (parts.count and parts.count != len(listed)) or (denied and not parts.excepted):
        return []
    return [key for key in listed if key not in denied]


def _ordered(items: Sequence[Item], most: int) -> list[str]:
    """Return the choices in the order of the ranks written next to their names."""
    rank = "ordinal" if any(item.kind == "ordinal" for item in items) else "place"
    ranks, names = [item for item in items if item.kind == rank], [item for item in items if item.kind != rank]
    if len(names) < _FEWEST or len(ranks) != len(names):
        return []
    turns = {tuple(item.kind == rank for item in items[at : at + 2]) for at in range(0, len(items), 2)}
    numbers = sorted(item.number for item in ranks)
    if len(turns) != 1 or len(set(next(iter(turns)))) != 2 or len(_unique(names)) != len(names):
        return []
    last = all(item.kind == "ordinal" for item in ranks)  # then "the last" may follow a gap
    if numbers != [*range(1, len(names) + 1)] and not (last and numbers == [*range(1, len(names)), most]):
        return []
    return [key for _, key in sorted((item.number, name.key) for item, name in zip(ranks, names, strict=True))]


def _leaves_a_gap(items: Sequence[Item], most: int) -> bool:
    """Return whether the first and the last choice are named, but not those between them."""
    names = [item for item in items if item.kind != "ordinal"]
    has_last = any(item.kind == "ordinal" and item.number == most for item in items)
    return has_last and len(names) <= _FEWEST < most - 1


def _without_ends(items: Sequence[Item], most: int) -> Sequence[Item]:
    """Drop a "first" and a "last" that only repeat the order of the text ("النقل أولا ثم النظافة")."""
    ordinals = [place for place, item in enumerate(items) if item.kind == "ordinal"]
    names = [item for item in items if item.kind != "ordinal"]
    last_at = len(items) - (2 if items and items[0].kind == "ordinal" else 1)
    at_ends = (
        (place < _FEWEST and items[place].number == 1) or (place >= last_at and items[place].number == most)
        for place in ordinals
    )
    return names if 0 < len(ordinals) <= _FEWEST <= len(names) - len(ordinals) + 1 and all(at_ends) else items


def _unique(items: Sequence[Item]) -> list[str]:
    return list(dict.fromkeys(item.key for item in items))


def _reading(keys: Sequence[str]) -> Reading:
    return Reading(tuple(keys), sureness=Sureness.MID)
