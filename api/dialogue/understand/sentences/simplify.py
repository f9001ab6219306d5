"""Remove from an answer what should not count: reasons, corrected choices, and numbers that only count. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from api.dialogue.understand.expected import Expected, Reads
from api.dialogue.understand.sentences.pieces import Item

_AND = ("et ", "w ", "o ", "u ", "y ", "and ", "و")  # written before a name, and read as part of the name
_ONLY = ("ghir", "غير")
_ENOUGH = ("صافي", "وصافي", "وبس", "فقط", "وباراكا")  # after "غير" they make it "only" instead of "other than"
_NOR = ("ولا", "wla", "wala", "ou", "or")
_MORE = ("plus", "mas", "more", "manque")


def names_choice(item: Item) -> bool:
    """Return whether a piece names a choice, or stands for several ("all", "the first …", "the last …")."""
    return item.chooses or item.kind in ("all", "firsts", "lasts")


def drop_corrected(items: Sequence[Item]) -> Sequence[Item] | None:
    """Return the items after the last correction.

    If nothing is corrected, return all items. If the correction names no choice, return None.
    """
    corrections = [
        at for at, item in enumerate(items) if item.kind == "fix" and any(each.chooses for each in items[:at])
    ]
    if not corrections:
        return [replace(item, kind="fill") if item.kind == "fix" else item for item in items]
    after = items[corrections[-1] + 1 :]
    return after if any(each.chooses for each in after) else None


def without_reason(items: Sequence[Item], expected: Expected) -> list[Item]:
    """Return the items before a reason.

    If one choice is asked for and the text prefers one thing to another, the less wanted thing is removed too.
    """
    kept_items: list[Item] = []
    compared = False
    for at, item in enumerate(items):
        has_choice = any(names_choice(each) for each in kept_items)
        if item.kind == "reason" and has_choice:
            return kept_items if expected.reads is Reads.ONE else [*kept_items, *_doubt_if_more(items[at:], kept_items)]
        if item.kind in ("reason", "than"):
            compared = item.kind == "than" and has_choice
            kind = "doubt" if compared and expected.reads is Reads.MANY else "fill"
            kept_items.append(replace(item, kind=kind))
            continue
        compared = compared and item.kind != "break"
        if not (compared and expected.reads is Reads.ONE):
            kept_items.append(item)
    return kept_items


def _doubt_if_more(reason: Sequence[Item], items_before: Sequence[Item]) -> list[Item]:
    """Return a "doubt" if a reason goes on to name another choice ("l'eau pour boire et les routes pour …")."""
    kept_keys = {item.key for item in items_before}
    additions = (
        item.kind == "name" and item.key not in kept_keys and (before.kind == "and" or item.words.startswith(_AND))
        for before, item in pairwise(reason)
    )
    return [Item("doubt")] if any(additions) else []


def without_articles(items: Sequence[Item], expected: Expected) -> list[Item]:
    """Remove articles that look like the number one, and resolve negations. Return the items left.

    If a number stands before a name that means the same choice, the number is removed too.
    """
    kept_items: list[Item] = []
    skipped = False
    for at, item in enumerate(items):
        if skipped:
            skipped = False
            continue
        after = items[at + 1] if at + 1 < len(items) else None
        is_spelt_one = item.kind == "place" and item.number == 1 and not item.words.isdecimal()
        before_name = after is not None and (after.kind in ("name", "") or (after.kind == "fill" and _has_name(items)))
        if is_spelt_one and before_name:
            continue
        if after is not None and item.kind == "place" and after.kind == "name" and item.key == after.key:
            continue
        if after is not None and item.kind == "place" and after.kind == "ages":
            skipped = any(each.chooses for each in kept_items)
            if skipped:
                continue  # "1 Ahmed 34 ans"
        if after is not None and is_more(item, after):
            item = replace(item, kind="doubt")
        enough = any(each.words in _ENOUGH for each in items[at:])
        item = _negation(item, after, kept_items, items[-1], enough=enough)
        if item.kind == "except" and not any(each.kind == "all" for each in kept_items):
            denies = item.words.split()[-1] in ("pas", "sans", "bla", "without", "بلا", "بدون")
            item = replace(item, kind="not" if denies else "doubt")
        if item.kind == "ordinal" and expected.reads is Reads.ONE and item.number == 1 and _has_name(items):
            continue
        kept_items.append(item)
    return kept_items


def is_more(item: Item, after: Item) -> bool:
    """Return whether a number follows "more than", so that it is not the answer ("plus de 3")."""
    return item.kind == "fill" and item.words.split()[0] in _MORE and after.kind in ("place", "ordinal")


def _has_name(items: Sequence[Item]) -> bool:
    return any(item.kind == "name" for item in items)


def _negation(item: Item, after: Item | None, items_before: Sequence[Item], last: Item, *, enough: bool) -> Item:
    """Return the item, turned into a negation or an exception if its word means that here."""
    # after "all", "ghir" means "except"
    if item.words in _ONLY and items_before and items_before[-1].kind == "all":
        return replace(item, kind="except")
    # before a choice, "ghir" means "only"
    is_alone = not any(names_choice(each) for each in items_before) and last.words not in ("la", "non")
    if (item.words == "ghir" or (item.words == "غير" and enough)) and after is not None and after.chooses and is_alone:
        return replace(item, kind="fill")
    # after "not", "ولا" means "nor"
    last_two = [each for each in items_before if each.kind not in ("fill", "and")][-2:]
    is_neither = [each.kind == "not" for each in last_two] == [True, False] and last_two[-1].chooses
    return replace(item, kind="not") if item.words in _NOR and is_neither else item


@dataclass(frozen=True, slots=True)
class Counted:
    """The items of an answer, and the number that counts choices (0 if there is none)."""

    items: list[Item]
    count: int = 0


def take_count(items: Sequence[Item], shown: Sequence[str] = ()) -> Counted:
    """Take the number that counts choices ("3 choses", "les deux premiers") out of the items."""
    for at, (item, after) in enumerate(pairwise([*items, Item("break")])):
        has_article = at > 0 and items[at - 1].words in ("les", "los", "las", "the", "ces", "tous les", "toutes les")
        is_count = after.kind in ("counted", "firsts", "lasts") or (has_article and item.number > 1)
        has_article = has_article or (item.number > 1 and item.words.startswith("ال"))
        counts_all = after.kind == "all" and item.number > 1 and item.number == len({*shown})
        is_count = is_count or has_article or counts_all
        if item.kind == "place" and is_count:
            rest = [each for each in (*items[:at], *items[at + 1 :]) if each is not after or each.kind != "counted"]
            has_more = any(names_choice(each) for each in rest)
            return Counted(rest if has_more else [*rest, Item("all", item.words)], item.number)
    return Counted([replace(item, kind="fill") if item.kind == "counted" else item for item in items])
