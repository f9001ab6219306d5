"""Which pieces of an answer count: not what only a reason names, nor what a correction takes back.

Whatever may turn the answer around and is not understood makes all of it doubtful: then it is asked back. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from api.dialogue.understand.expected import Expected, Reads
from api.dialogue.understand.sentences.pieces import Item, segments
from api.dialogue.understand.sentences.simplify import Counted, corrected, counted, plain, says, without_reason

_STRANGE = 3  # unknown words of a signature, or of a remark behind a number
_FAMILY = 2  # words of a family name behind a first name
_ELSEWHERE = ("rest", "takes_out", "as_shown", "turned")  # they mean something only by themselves (orders.py)
_SPOILT = ("aside", "other", "ages", "doubt", "spoils", "fix", "than", "reason", *_ELSEWHERE)
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
    *_ELSEWHERE,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What is chosen and what is not, in the order it is named; `all` and `count` as they are said."""

    chosen: tuple[Item, ...] = ()
    denied: tuple[Item, ...] = ()
    all: bool = False
    excepted: bool = False  # all but the denied
    count: int = 0
    mixed: bool = False  # a number and the name of another choice stand side by side
    ends: str = ""  # "firsts" or "lasts": as many as `count` says


def clauses(items: Sequence[Item], expected: Expected) -> Parts | None:
    """The parts of an answer; None if anything in it is doubtful."""
    meant = corrected(items)
    if meant is None:
        return None
    told = counted(plain(without_reason(meant, expected), expected), [offer.key for offer in expected.listed])
    parts = segments(told.items)
    choosing = [at for at, segment in enumerate(parts) if any(says(item) for item in segment)]
    if not choosing:
        return None
    named = any(item.kind == "name" for item in parts[choosing[0]])
    for at, segment in enumerate(parts):
        if at not in choosing and not _harmless(
            segment, first=at < choosing[0], named=named, several=expected.reads is Reads.MANY
        ):
            return None
        if at in choosing and not _clean(segment):
            return None
    return _parts([item for at in choosing for item in (*parts[at], Item("break"))], told)


def _told(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if item.kind != "fill"]


def _harmless(segment: Sequence[Item], *, first: bool, named: bool, several: bool) -> bool:
    """Whether a segment that names no choice changes nothing: a greeting, a signature, a remark."""
    kinds = [item.kind for item in segment]
    if any(kind in _TURNS for kind in kinds) or kinds[0] == "not":
        return False
    strange = kinds.count("")
    if first:
        return strange == 0 and "not" not in kinds
    if named and several and "person" not in kinds and strange:
        return False  # "l'eau, …": it may be one more
    return named or (strange <= _STRANGE and "not" not in kinds)


def _clean(segment: Sequence[Item]) -> bool:
    """Whether nothing unknown stands beside a choice, but a name behind it."""
    kinds = [item.kind for item in segment]
    if any(kind in _SPOILT for kind in kinds):
        return False
    strange = [at for at, kind in enumerate(kinds) if kind == ""]
    if not strange:
        return True
    signed = kinds.index("person") if "person" in kinds else len(kinds)
    behind = not any(says(item) or item.kind == "not" for item in segment[signed:])
    return behind and strange[0] > signed and len(strange) <= _FAMILY


def _parts(items: Sequence[Item], told: Counted) -> Parts | None:
    chosen: list[Item] = []
    denied: list[Item] = []
    every = excepted = negated = False
    ends = ""
    hit = True  # what was negated last
    mixed = any({a.kind, b.kind} == {"name", "place"} and a.key != b.key for a, b in pairwise(_told(items)))
    for item in items:
        if item.chooses:
            (denied if negated or excepted else chosen).append(item)
            hit = True
        elif item.kind == "not":
            negated, hit = True, False
        elif item.kind in ("but", "break") or (item.kind == "fill" and hit):
            if not hit:
                return None  # "2 pas mal": nobody knows what is not
            negated = False
        elif item.kind == "except":
            excepted = True
        elif item.kind == "all":
            every = True
        elif item.kind in ("firsts", "lasts"):
            ends = item.kind
    if any(not item.key for item in (*chosen, *denied)) or (excepted and not denied):
        return None
    return Parts(tuple(chosen), tuple(denied), every, excepted, told.count, mixed, ends)
