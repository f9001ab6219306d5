"""What people say beside an answer: blessings, what they tell of themselves, a remark about a thing. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from api.dialogue.understand.expected import Expected, Reading, Reads
from api.dialogue.understand.sentences.pieces import BREAK, Item, segments, speaks_of_things
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Sureness

_WISH = tuple("yiيت")  # how a verb begins behind "may God"
_BLESSED = ("", "other", "spoils", "aside", "person", "all")
_SMALL = ("fill", "and", "break", "person")
_TURNS = ("not", "all", "except", "fix", "than", "doubt", "but", "reason", "rest")
_BEHIND = ("name", "", "other", "all")  # what a remark may be made of
_REMARK = 8  # unknown words of a remark
_GLUED_AND = 3
_AND = ("et ", "w ", "o ", "u ", "y ", "and ", "و")  # before a name, of which they are taken as a part
_PREPOSITIONS = tuple("لفب")  # glued to the word they stand before
_VERBAL = ("ma", "ما")  # before a verb that is denied
_DARIJA = ("dyal", "dyalna", "dial", "dialna", "dyali", "li", "lli", "mn", "men", "bzaf", "bezaf")  # there "d" is "of"
_OF = ("de", "du", "des", "d")  # "eau de Javel" is no water
_DENIES = re.compile(r"(?:ma|ma?n?)[^\W\d_]\w{2,}(?:ch|sh|x)|ما?\w{3,}ش|ma|ما|bla|بلا|machi")


def settled(items: Sequence[Item], lexicon: Lexicon) -> list[Item]:
    """The items with blessings as small words, "pardon" as a correction where it is one, and "donc" as a new part."""
    found: list[Item] = []
    blessing = False
    for at, item in enumerate(items):
        after = items[at + 1] if at + 1 < len(items) else BREAK
        if "blessing" in lexicon.roles.get(item.words, ()) and after.kind == "" and after.words.startswith(_WISH):
            blessing = True
            found.append(replace(item, kind="fill"))
        elif blessing and item.kind in (*_BLESSED, "fill"):
            found.append(replace(item, kind="fill"))
        elif blessing and item.chooses:
            found.append(replace(item, kind="doubt"))  # "الله يشافي المرضى"
        else:
            blessing = False
            found.append(_meant(item, items[:at], items[at + 1 :]))
    return found


def _meant(item: Item, before: Sequence[Item], behind: Sequence[Item]) -> Item:
    if item.kind == "sorry":
        told, again = (sum(each.chooses for each in part) for part in (before, behind))
        if not told or not again:
            return replace(item, kind="fill")
        first = next(each for each in behind if each.kind != "break")
        adds = first.kind == "and" or first.words.startswith(_AND)
        return replace(item, kind="fix" if again >= told and not adds else "doubt")
    return BREAK if item.kind == "hence" else item


def without_circumstances(items: Sequence[Item]) -> Sequence[Item]:
    """The items without parts in which people tell of themselves with a number ("j'ai 3 enfants", "4 rue …")."""
    parts = segments(items)
    kept = [part for part in parts if not _own(part)]
    named = {item.key for part in kept for item in part if item.chooses}
    dropped = {item.key for part in parts if _own(part) for item in part if item.kind == "name"}
    if not named or len(kept) == len(parts) or not dropped <= named:
        return items
    return [item for part in kept for item in (*part, BREAK)][:-1]


def _own(part: Sequence[Item]) -> bool:
    """Whether every number of a part is counted in something, and nothing in it turns an answer around."""
    told = any(item.kind in ("", "name") for item in part)  # "my brother is 9": there is no such place
    counted = [
        after.kind in ("spoils", "ages") or (told and not item.key)
        for item, after in pairwise([*part, BREAK])
        if item.kind == "place"
    ]
    first = next((item for item in part if item.kind not in ("fill", "and")), BREAK)
    of_theirs = first.kind in ("aside", "spoils") and len(counted) == 1
    return bool(counted) and (of_theirs or all(counted)) and not any(item.kind in _TURNS for item in part)


def remarked(items: Sequence[Item], expected: Expected, lexicon: Lexicon) -> Reading | None:
    """The one thing that a message names at its head, and then only speaks of; None if it may speak of another."""
    if expected.reads is not Reads.ONE or not speaks_of_things(expected):
        return None
    end = next((at for at, item in enumerate(items) if item.kind == "reason" and at), len(items))
    first = next((item for item in items if item.kind not in _SMALL), BREAK)
    said = [each for each in _uncounted(items[:end]) if each.kind not in ("fill", "person")]
    told = [item for item in said if item.kind not in _SMALL]
    keys = {item.key for item in told if item.kind == "name"}
    if first.kind != "name" or len(keys) != 1 or any(item.kind not in _BEHIND for item in told):
        return None
    strange = [item.words for item in told if item.kind == ""]
    single = len(strange) == 1 and not strange[0].startswith(_PREPOSITIONS)
    if single or len(strange) > _REMARK or any(_turns(item, lexicon) for item in items[:end]):
        return None
    of_it = any(item.words in _OF and after.kind == "" for item, after in pairwise(items[:end]))
    spoken = any(item.words in _DARIJA for item in items[:end])
    said = [
        item
        for item, after in pairwise([*items[:end], BREAK])
        if item.kind not in ("fill", "person") and not (item.kind == "and" and _is_none(item, after, darija=spoken))
    ]
    joined = of_it or any(_adds(item, after) for item, after in pairwise(_uncounted(said)))
    return None if joined else Reading((told[0].key,), sureness=Sureness.MID)


def _is_none(item: Item, after: Item, *, darija: bool) -> bool:
    """Whether "and" adds no thing: before "ma" of a verb ("w ma l9it …"), or where "d" is "of"."""
    return after.words in _VERBAL or (darija and item.words == "d" and after.kind == "")


def _uncounted(items: Sequence[Item]) -> list[Item]:
    """The items without numbers that count something ("depuis 2 semaines"), and what they count."""
    counted = {
        at
        for at, (item, after) in enumerate(pairwise([*items, BREAK]))
        if item.kind == "place" and after.kind in ("spoils", "ages")
    }
    return [item for at, item in enumerate(items) if at not in counted and at - 1 not in counted]


def _turns(item: Item, lexicon: Lexicon) -> bool:
    """Whether a word may say that the thing is well, or is not wanted."""
    roles = lexicon.roles.get(item.words, ())
    strange = item.kind == "" and (_DENIES.fullmatch(item.words) is not None)
    return "settled" in roles or strange


def _adds(item: Item, after: Item) -> bool:
    """Whether what follows may be one more thing: behind "and", or a thing of another theme."""
    if after.kind == "other":
        return item.kind != ""
    glued = after.kind == "" and after.words.startswith("و") and len(after.words) > _GLUED_AND
    return (item.kind == "and" and after.kind in ("", "all")) or (item.kind == "name" and glued)
