"""Handle what people say next to an answer: blessings, facts about themselves, a remark about a choice. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from api.dialogue.understand.expected import Expected, Reading, Reads
from api.dialogue.understand.sentences.pieces import BREAK, Item, segments, speaks_of_things
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Sureness

_WISH = tuple("yiيت")  # first letters of a verb after "may God"
_BLESSED = ("", "other", "spoils", "aside", "person", "all")
_SMALL = ("fill", "and", "break", "person")
_REVERSING = ("not", "all", "except", "fix", "than", "doubt", "but", "reason", "rest")
_IN_REMARK = ("name", "", "other", "all")  # kinds of item that a remark may contain
_REMARK = 8  # maximum unknown words in a remark
_GLUED_AND = 3
_AND = ("et ", "w ", "o ", "u ", "y ", "and ", "و")  # written before a name, and read as part of the name
_PREPOSITIONS = tuple("لفب")  # glued to the next word
_VERBAL = ("ma", "ما")  # before a denied verb
# Next to one of these words, "d" means "of".
_DARIJA = ("dyal", "dyalna", "dial", "dialna", "dyali", "li", "lli", "mn", "men", "bzaf", "bezaf")
_OF = ("de", "du", "des", "d")  # "eau de Javel" is not water
_DENIES = re.compile(r"(?:ma|ma?n?)[^\W\d_]\w{2,}(?:ch|sh|x)|ما?\w{3,}ش|ma|ما|bla|بلا|machi")


def resolve_remarks(items: Sequence[Item], lexicon: Lexicon) -> list[Item]:
    """Give remarks their kinds: blessings become fillers, and "donc" becomes a break. Return all items."""
    settled_items: list[Item] = []
    in_blessing = False
    for at, item in enumerate(items):
        after = items[at + 1] if at + 1 < len(items) else BREAK
        if "blessing" in lexicon.roles.get(item.words, ()) and after.kind == "" and after.words.startswith(_WISH):
            in_blessing = True
            settled_items.append(replace(item, kind="fill"))
        elif in_blessing and item.kind in (*_BLESSED, "fill"):
            settled_items.append(replace(item, kind="fill"))
        elif in_blessing and item.chooses:
            settled_items.append(replace(item, kind="doubt"))  # "الله يشافي المرضى"
        else:
            in_blessing = False
            settled_items.append(_resolved(item, items[:at], items[at + 1 :]))
    return settled_items


def _resolved(item: Item, before: Sequence[Item], after: Sequence[Item]) -> Item:
    """Give "donc" and "pardon" the kind that they have between these items."""
    if item.kind == "sorry":
        count_before, count_after = (sum(each.chooses for each in part) for part in (before, after))
        if not count_before or not count_after:
            return replace(item, kind="fill")
        first = next(each for each in after if each.kind != "break")
        adds = first.kind == "and" or first.words.startswith(_AND)
        return replace(item, kind="fix" if count_after >= count_before and not adds else "doubt")
    return BREAK if item.kind == "hence" else item


def without_circumstances(items: Sequence[Item]) -> Sequence[Item]:
    """Return the items without parts in which a number describes the person ("j'ai 3 enfants", "4 rue …")."""
    parts = segments(items)
    kept_parts = [part for part in parts if not _is_about_self(part)]
    kept_keys = {item.key for part in kept_parts for item in part if item.chooses}
    dropped_keys = {item.key for part in parts if _is_about_self(part) for item in part if item.kind == "name"}
    if not kept_keys or len(kept_parts) == len(parts) or not dropped_keys <= kept_keys:
        return items
    return [item for part in kept_parts for item in (*part, BREAK)][:-1]


def _is_about_self(part: Sequence[Item]) -> bool:
    """Return whether the numbers in a part only describe the person ("j'ai 3 enfants")."""
    # "my brother is 9": out of range, so not a choice
    tells_something = any(item.kind in ("", "name") for item in part)
    number_counts = [
        after.kind in ("spoils", "ages") or (tells_something and not item.key)
        for item, after in pairwise([*part, BREAK])
        if item.kind == "place"
    ]
    head = next((item for item in part if item.kind not in ("fill", "and")), BREAK)
    is_own_number = head.kind in ("aside", "spoils") and len(number_counts) == 1
    return (
        bool(number_counts)
        and (is_own_number or all(number_counts))
        and not any(item.kind in _REVERSING for item in part)
    )


def read_remark(items: Sequence[Item], expected: Expected, lexicon: Lexicon) -> Reading | None:
    """Read a message that names one thing and then only comments on it; None if it may name another thing."""
    if expected.reads is not Reads.ONE or not speaks_of_things(expected):
        return None
    reason_at = next((at for at, item in enumerate(items) if item.kind == "reason" and at), len(items))
    head = next((item for item in items if item.kind not in _SMALL), BREAK)
    significant = [each for each in _uncounted(items[:reason_at]) if each.kind not in ("fill", "person")]
    remark = [item for item in significant if item.kind not in _SMALL]
    keys = {item.key for item in remark if item.kind == "name"}
    if head.kind != "name" or len(keys) != 1 or any(item.kind not in _IN_REMARK for item in remark):
        return None
    unknown = [item.words for item in remark if item.kind == ""]
    is_single = len(unknown) == 1 and not unknown[0].startswith(_PREPOSITIONS)
    if is_single or len(unknown) > _REMARK or any(_may_reverse(item, lexicon) for item in items[:reason_at]):
        return None
    has_of = any(item.words in _OF and after.kind == "" for item, after in pairwise(items[:reason_at]))
    in_darija = any(item.words in _DARIJA for item in items[:reason_at])
    significant = [
        item
        for item, after in pairwise([*items[:reason_at], BREAK])
        if item.kind not in ("fill", "person")
        and not (item.kind == "and" and _adds_nothing(item, after, darija=in_darija))
    ]
    adds_choice = has_of or any(_adds(item, after) for item, after in pairwise(_uncounted(significant)))
    return None if adds_choice else Reading((remark[0].key,), sureness=Sureness.MID)


def _adds_nothing(item: Item, after: Item, *, darija: bool) -> bool:
    """Return whether this "and" introduces no other choice."""
    # before the "ma" of a denied verb ("w ma l9it …"), or a "d" that means "of"
    return after.words in _VERBAL or (darija and item.words == "d" and after.kind == "")


def _uncounted(items: Sequence[Item]) -> list[Item]:
    """Return the items without quantities, such as "depuis 2 semaines"."""
    counted_at = {
        at
        for at, (item, after) in enumerate(pairwise([*items, BREAK]))
        if item.kind == "place" and after.kind in ("spoils", "ages")
    }
    return [item for at, item in enumerate(items) if at not in counted_at and at - 1 not in counted_at]


def _may_reverse(item: Item, lexicon: Lexicon) -> bool:
    """Return whether a word may say that all is well already, or that the thing is not wanted."""
    roles = lexicon.roles.get(item.words, ())
    denies = item.kind == "" and (_DENIES.fullmatch(item.words) is not None)
    return "settled" in roles or denies


def _adds(item: Item, after: Item) -> bool:
    """Return whether `after` may be another choice."""
    if after.kind == "other":
        return item.kind != ""
    glued = after.kind == "" and after.words.startswith("و") and len(after.words) > _GLUED_AND
    return (item.kind == "and" and after.kind in ("", "all")) or (item.kind == "name" and glued)
