"""Which pieces of an answer count: not what only a reason names, nor what a correction takes back.

Whatever may turn the answer around and is not understood makes all of it doubtful: then it is asked back. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from api.dialogue.understand.expected import Expected, Reads
from api.dialogue.understand.scanning import Item

_STRANGE = 3  # unknown words of a signature, or of a remark behind a number
_FAMILY = 2  # words of a family name behind a first name
_MORE = ("plus", "mas", "more", "manque")
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
    corrected = _corrected(items)
    if corrected is None:
        return None
    kept = _plain(_without_reason(corrected, expected), expected)
    counted = _counted(kept)
    segments = _segments(counted.items)
    choosing = [at for at, segment in enumerate(segments) if any(_says(item) for item in segment)]
    if not choosing:
        return None
    named = any(item.kind == "name" for item in segments[choosing[0]])
    for at, segment in enumerate(segments):
        if at not in choosing and not _harmless(
            segment, first=at < choosing[0], named=named, several=expected.reads is Reads.MANY
        ):
            return None
        if at in choosing and not _clean(segment):
            return None
    return _parts([item for at in choosing for item in (*segments[at], Item("break"))], counted)


def _told(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if item.kind != "fill"]


def _says(item: Item) -> bool:
    return item.chooses or item.kind in ("all", "firsts", "lasts")


def _corrected(items: Sequence[Item]) -> Sequence[Item] | None:
    """What stands behind the last correction; None if nothing is chosen there."""
    places = [at for at, item in enumerate(items) if item.kind == "fix" and any(each.chooses for each in items[:at])]
    if not places:
        return [replace(item, kind="fill") if item.kind == "fix" else item for item in items]
    behind = items[places[-1] + 1 :]
    return behind if any(each.chooses for each in behind) else None


def _without_reason(items: Sequence[Item], expected: Expected) -> list[Item]:
    """The items before a reason; and of a comparison only what is said to be more, where one is chosen."""
    kept: list[Item] = []
    compared = False
    for item in items:
        said = any(_says(each) for each in kept)
        if item.kind == "reason" and said:
            break
        if item.kind in ("reason", "than"):
            compared = item.kind == "than" and said
            kind = "doubt" if compared and expected.reads is Reads.MANY else "fill"
            kept.append(replace(item, kind=kind))
            continue
        compared = compared and item.kind != "break"
        if not (compared and expected.reads is Reads.ONE):
            kept.append(item)
    return kept


def _plain(items: Sequence[Item], expected: Expected) -> list[Item]:
    """Articles that look like the number one are none, and a number says once what the name behind it says too."""
    kept: list[Item] = []
    skipped = False
    for at, item in enumerate(items):
        if skipped:
            skipped = False
            continue
        after = items[at + 1] if at + 1 < len(items) else None
        spelt = item.kind == "place" and item.number == 1 and not item.words.isdecimal()
        if spelt and after is not None and (after.kind in ("name", "") or (after.kind == "fill" and _has_name(items))):
            continue
        if after is not None and item.kind == "place" and after.kind == "name" and item.key == after.key:
            continue
        if after is not None and item.kind == "place" and after.kind == "ages":
            skipped = any(each.chooses for each in kept)
            if skipped:
                continue  # "1 Ahmed 34 ans"
        if after is not None and is_more(item, after):
            item = replace(item, kind="doubt")
        if item.kind == "except" and not any(each.kind == "all" for each in kept):
            denies = item.words.split()[-1] in ("pas", "sans", "bla", "without", "بلا", "بدون")
            item = replace(item, kind="not" if denies else "doubt")
        if item.kind == "ordinal" and expected.reads is Reads.ONE and item.number == 1 and _has_name(items):
            continue
        kept.append(item)
    return kept


def is_more(item: Item, after: Item) -> bool:
    """Whether a number behind "more than" is none that is meant ("plus de 3")."""
    return item.kind == "fill" and item.words.split()[0] in _MORE and after.kind in ("place", "ordinal")


def _has_name(items: Sequence[Item]) -> bool:
    return any(item.kind == "name" for item in items)


@dataclass(frozen=True, slots=True)
class _Counted:
    items: list[Item]
    count: int = 0


def _counted(items: Sequence[Item]) -> _Counted:
    """The items without a number that says how many: "3 choses", "les deux premiers"."""
    for at, (item, after) in enumerate(pairwise([*items, Item("break")])):
        article = at > 0 and items[at - 1].words in ("les", "los", "las", "the", "ces", "tous les", "toutes les")
        counts = after.kind in ("counted", "firsts", "lasts") or (article and item.number > 1)
        if item.kind == "place" and counts:
            rest = [each for each in (*items[:at], *items[at + 1 :]) if each is not after or each.kind != "counted"]
            more = any(_says(each) for each in rest)
            return _Counted(rest if more else [*rest, Item("all", item.words)], item.number)
    return _Counted([replace(item, kind="fill") if item.kind == "counted" else item for item in items])


def _segments(items: Sequence[Item]) -> list[list[Item]]:
    found: list[list[Item]] = [[]]
    for item in items:
        if item.kind == "break":
            found.append([])
        else:
            found[-1].append(item)
    return [segment for segment in found if segment]


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
    if any(kind in ("aside", "other", "ages", "doubt", "spoils", "fix", "than", "reason") for kind in kinds):
        return False
    strange = [at for at, kind in enumerate(kinds) if kind == ""]
    if not strange:
        return True
    signed = kinds.index("person") if "person" in kinds else len(kinds)
    behind = not any(_says(item) or item.kind == "not" for item in segment[signed:])
    return behind and strange[0] > signed and len(strange) <= _FAMILY


def _parts(items: Sequence[Item], counted: _Counted) -> Parts | None:
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
    return Parts(tuple(chosen), tuple(denied), every, excepted, counted.count, mixed, ends)
