"""An answer without what a reason names, what a correction takes back, and numbers that say how many. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from api.dialogue.understand.expected import Expected, Reads
from api.dialogue.understand.sentences.pieces import Item

_AND = ("et ", "w ", "o ", "u ", "y ", "and ", "و")  # before a name, of which they are taken as a part
_ONLY = ("ghir", "غير")
_ENOUGH = ("صافي", "وصافي", "وبس", "فقط", "وباراكا")  # behind "غير" they make it "only", not "other than"
_NOR = ("ولا", "wla", "wala", "ou", "or")
_MORE = ("plus", "mas", "more", "manque")


def says(item: Item) -> bool:
    """Whether a piece names a choice, or all of them."""
    return item.chooses or item.kind in ("all", "firsts", "lasts")


def corrected(items: Sequence[Item]) -> Sequence[Item] | None:
    """What stands behind the last correction; None if nothing is chosen there."""
    places = [at for at, item in enumerate(items) if item.kind == "fix" and any(each.chooses for each in items[:at])]
    if not places:
        return [replace(item, kind="fill") if item.kind == "fix" else item for item in items]
    behind = items[places[-1] + 1 :]
    return behind if any(each.chooses for each in behind) else None


def without_reason(items: Sequence[Item], expected: Expected) -> list[Item]:
    """The items before a reason; and of a comparison only what is said to be more, where one is chosen."""
    kept: list[Item] = []
    compared = False
    for at, item in enumerate(items):
        said = any(says(each) for each in kept)
        if item.kind == "reason" and said:
            return kept if expected.reads is Reads.ONE else [*kept, *_more(items[at:], kept)]
        if item.kind in ("reason", "than"):
            compared = item.kind == "than" and said
            kind = "doubt" if compared and expected.reads is Reads.MANY else "fill"
            kept.append(replace(item, kind=kind))
            continue
        compared = compared and item.kind != "break"
        if not (compared and expected.reads is Reads.ONE):
            kept.append(item)
    return kept


def _more(reason: Sequence[Item], kept: Sequence[Item]) -> list[Item]:
    """A doubt, where behind "and" a reason names one more thing ("l'eau pour boire et les routes pour …")."""
    known = {item.key for item in kept}
    named = (
        item.kind == "name" and item.key not in known and (before.kind == "and" or item.words.startswith(_AND))
        for before, item in pairwise(reason)
    )
    return [Item("doubt")] if any(named) else []


def plain(items: Sequence[Item], expected: Expected) -> list[Item]:
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
        enough = any(each.words in _ENOUGH for each in items[at:])
        item = _negation(item, after, kept, items[-1], enough=enough)
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


def _negation(item: Item, after: Item | None, kept: Sequence[Item], last: Item, *, enough: bool) -> Item:
    """ "ghir" is "but" behind "all", and "only" before a choice; "ولا" is "nor" behind "not"."""
    if item.words in _ONLY and kept and kept[-1].kind == "all":
        return replace(item, kind="except")
    alone = not any(says(each) for each in kept) and last.words not in ("la", "non")
    if (item.words == "ghir" or (item.words == "غير" and enough)) and after is not None and after.chooses and alone:
        return replace(item, kind="fill")
    told = [each for each in kept if each.kind not in ("fill", "and")][-2:]
    neither = [each.kind == "not" for each in told] == [True, False] and told[-1].chooses
    return replace(item, kind="not") if item.words in _NOR and neither else item


@dataclass(frozen=True, slots=True)
class Counted:
    """The items that are left, and the number that says how many are chosen; 0 if none does."""

    items: list[Item]
    count: int = 0


def counted(items: Sequence[Item], shown: Sequence[str] = ()) -> Counted:
    """The items without a number that says how many: "3 choses", "les deux premiers"."""
    for at, (item, after) in enumerate(pairwise([*items, Item("break")])):
        article = at > 0 and items[at - 1].words in ("les", "los", "las", "the", "ces", "tous les", "toutes les")
        counts = after.kind in ("counted", "firsts", "lasts") or (article and item.number > 1)
        article = article or (item.number > 1 and item.words.startswith("ال"))
        every = after.kind == "all" and item.number > 1 and item.number == len({*shown})
        counts = counts or article or every
        if item.kind == "place" and counts:
            rest = [each for each in (*items[:at], *items[at + 1 :]) if each is not after or each.kind != "counted"]
            more = any(says(each) for each in rest)
            return Counted(rest if more else [*rest, Item("all", item.words)], item.number)
    return Counted([replace(item, kind="fill") if item.kind == "counted" else item for item in items])
