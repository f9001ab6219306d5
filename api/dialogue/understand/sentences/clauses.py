"""Decide which pieces of an answer count. Pieces inside a reason do not, nor do corrected ones. Pure.

If a piece that may reverse the answer is not understood, the whole answer is doubtful and must be confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from api.dialogue.understand.expected import Expected, Reads
from api.dialogue.understand.sentences.pieces import Item, segments
from api.dialogue.understand.sentences.simplify import (
    Counted,
    drop_corrected,
    names_choice,
    take_count,
    without_articles,
    without_reason,
)

_UNKNOWN = 3  # maximum unknown words in a signature, or in a remark after a number
_FAMILY = 2  # maximum words in a family name after a first name
_ONLY_ALONE = ("rest", "takes_out", "as_shown", "turned")  # if orders.py leaves these, they spoil the answer
_SPOILT = ("aside", "other", "ages", "doubt", "spoils", "fix", "than", "reason", *_ONLY_ALONE)
_TURNS = (
    "aside",
    "other",
    "ages",
    "doubt",
    "spoils",
    "except",
    "but",
    "than",
    "all",
    "firsts",
    "lasts",
    "counted",
    "fix",
    *_ONLY_ALONE,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What an answer chooses and what it denies, each in the order in which it is named.

    `all` is set if the text says "all", and `count` if it says how many.
    """

    chosen: tuple[Item, ...] = ()
    denied: tuple[Item, ...] = ()
    all: bool = False
    excepted: bool = False  # all except the denied
    count: int = 0
    mixed: bool = False  # a number is next to the name of another choice
    ends: str = ""  # "firsts" or "lasts": `count` of them


def answer_parts(items: Sequence[Item], expected: Expected) -> Parts | None:
    """Return what an answer chooses and what it denies; None if anything in the answer is doubtful."""
    after_correction = drop_corrected(items)
    if after_correction is None:
        return None
    asserted = without_articles(without_reason(after_correction, expected), expected)
    counted_items = take_count(asserted, [offer.key for offer in expected.listed])
    parts = segments(counted_items.items)
    choosing = [at for at, segment in enumerate(parts) if any(names_choice(item) for item in segment)]
    if not choosing:
        return None
    first_is_named = any(item.kind == "name" for item in parts[choosing[0]])
    for at, segment in enumerate(parts):
        if at not in choosing and not _is_harmless(
            segment, first=at < choosing[0], named=first_is_named, several=expected.reads is Reads.MANY
        ):
            return None
        if at in choosing and not _has_only_choices(segment):
            return None
    return _parts([item for at in choosing for item in (*parts[at], Item("break"))], counted_items)


def _without_fillers(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if item.kind != "fill"]


def _is_harmless(segment: Sequence[Item], *, first: bool, named: bool, several: bool) -> bool:
    """Return whether a segment without a choice changes nothing, such as a greeting or a remark."""
    kinds = [item.kind for item in segment]
    if any(kind in _TURNS for kind in kinds) or kinds[0] == "not":
        return False
    unknown = kinds.count("")
    if first:
        return unknown == 0 and "not" not in kinds
    if named and several and "person" not in kinds and unknown:
        return False  # "l'eau, …": the unknown word may be another choice
    return named or (unknown <= _UNKNOWN and "not" not in kinds)


def _has_only_choices(segment: Sequence[Item]) -> bool:
    """Return whether a segment has no unknown words beside its choice."""
    kinds = [item.kind for item in segment]
    if any(kind in _SPOILT for kind in kinds):
        return False
    unknown = [at for at, kind in enumerate(kinds) if kind == ""]
    if not unknown:
        return True
    # except a family name after a first name
    person_at = kinds.index("person") if "person" in kinds else len(kinds)
    nothing_follows = not any(names_choice(item) or item.kind == "not" for item in segment[person_at:])
    return nothing_follows and unknown[0] > person_at and len(unknown) <= _FAMILY


def _parts(items: Sequence[Item], counted_items: Counted) -> Parts | None:
    chosen: list[Item] = []
    denied: list[Item] = []
    has_all = excepted = negated = False
    ends = ""
    negation_used = True  # whether a choice was named after the last negation
    mixed = any({a.kind, b.kind} == {"name", "place"} and a.key != b.key for a, b in pairwise(_without_fillers(items)))
    for item in items:
        if item.chooses:
            (denied if negated or excepted else chosen).append(item)
            negation_used = True
        elif item.kind == "not":
            negated, negation_used = True, False
        elif item.kind in ("but", "break") or (item.kind == "fill" and negation_used):
            if not negation_used:
                return None  # "2 pas mal": what is negated is unclear
            negated = False
        elif item.kind == "except":
            excepted = True
        elif item.kind == "all":
            has_all = True
        elif item.kind in ("firsts", "lasts"):
            ends = item.kind
    if any(not item.key for item in (*chosen, *denied)) or (excepted and not denied):
        return None
    return Parts(tuple(chosen), tuple(denied), has_all, excepted, counted_items.count, mixed, ends)
