"""Read a yes or no followed by a reason, a remark or a correction. Pure.

If the words that follow may reverse the answer, the person must confirm it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from api.dialogue.understand.expected import Expected, Reading
from api.dialogue.understand.sentences.pieces import Item
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Sureness

_BARE = ("fill", "and", "break", "person")
_DENIES = re.compile(r"(?:ma|ma?n?)[^\W\d_]\w{2,}(?:ch|sh|x)|ما?\w{3,}ش")  # "makaynch", "ماكاينش"
_ALONE = {*_BARE, "polar"}  # kinds next to which a number is a choice
_AFTER_ALL = ("enfin", "finalement", "au final", "en fait")  # "non... enfin si"
_FRENCH = ("oui", "ouais", "non", "si", "yes", "claro")  # next to these "la" is not "no"
_SHORT = 3  # maximum words in a message that may end with its yes


def read_yes_no(items: Sequence[Item], expected: Expected, lexicon: Lexicon) -> Reading | None:
    """Read the yes or no at the beginning of an answer; None if it is unclear."""
    items_left = _after_refused_number(_corrected(_mark_after_all(items)))
    head_at = next((place for place, item in enumerate(items_left) if item.kind not in _BARE), None)
    if head_at is None:
        return None
    head, rest = items_left[head_at], items_left[head_at + 1 :]
    if head.kind == "" and len(items_left) <= _SHORT:
        return _yes_at_end(items_left, lexicon)
    if (head.kind == "not" and head.words in lexicon.heads) or not head.chooses or not head.key:
        return None
    if "address" in lexicon.roles.get(head.words, ()) and rest and rest[0].kind == "person":
        return None  # "lalla Fatima"
    if head.kind != "polar":
        return _read_number(head, rest)
    tail = [
        replace(item, kind="doubt") if item.kind == "polar" and item.words in lexicon.doubts else item
        for item in _before_reason(rest)
    ]
    if _contradicts(head, tail):
        return None
    if head.words in _FRENCH:
        rest = [replace(item, kind="fill") if item.words == "la" else item for item in rest]  # an article
        tail = [replace(item, kind="fill") if item.words == "la" else item for item in tail]
    if any(item.kind == "polar" and item.key != head.key and item.words in lexicon.heads for item in rest):
        return None
    if any(item.chooses and item.key != head.key and item.kind == "polar" for item in tail):
        return None
    is_strong = head.words.split()[0] in lexicon.heads
    no = expected.by_value("no")
    denies = no is not None and head.key == no.key
    if denies and any(_is_unsure(item, lexicon) for item in tail):
        return None
    if not denies and any("unaware" in lexicon.roles.get(item.words, ()) for item in tail):
        return None
    if not _leaves_valid(tail, strong=is_strong, denies=denies, lexicon=lexicon):
        return None
    has_sequel = any(_is_known_sequel(item, denies=denies, lexicon=lexicon) for item in tail)
    if head.sureness is Sureness.LOW and not has_sequel:
        return None
    return Reading((head.key,), sureness=Sureness.MID)


def _mark_after_all(items: Sequence[Item]) -> Sequence[Item]:
    """Mark an "enfin" before the opposite answer as a correction ("non... enfin si")."""
    for at, item in enumerate(items[:-1]):
        polar_keys = {each.key for each in items[:at] if each.kind == "polar"}
        after = items[at + 1]
        if item.words in _AFTER_ALL and after.kind == "polar" and polar_keys and after.key not in polar_keys:
            return [*items[:at], replace(item, kind="fix"), *items[at + 1 :]]
    return items


def _corrected(items: Sequence[Item]) -> Sequence[Item]:
    """Return the items after the last correction, or all items if there is none."""
    for at in range(len(items) - 1, 0, -1):
        # a correction has choices on both sides
        if items[at].kind == "fix" and all(
            any(item.chooses for item in each) for each in (items[:at], items[at + 1 :])
        ):
            return items[at + 1 :]
    return items


def _after_refused_number(items: Sequence[Item]) -> Sequence[Item]:
    """Return the items after a refused number and "but" ("pas 1 mais 2"), or else all items."""
    significant = [at for at, item in enumerate(items) if item.kind not in _BARE]
    kinds = [items[at].kind for at in significant]
    is_refused = kinds == ["not", "place", "but", "place"] and items[significant[1]].key != items[significant[3]].key
    return items[significant[3] :] if is_refused else items


def _contradicts(head: Item, tail: Sequence[Item]) -> bool:
    """Return whether the number of another choice follows a yes or no ("non 1")."""
    sequence = [head, *tail, Item("break")]
    # it must stand alone: a number that counts something does not matter
    return any(
        item.kind in ("place", "ordinal") and item.key != head.key and {before.kind, after.kind} <= _ALONE
        for before, item, after in zip(sequence, sequence[1:], sequence[2:], strict=False)
    )


def _before_reason(items: Sequence[Item]) -> Sequence[Item]:
    end = next((at for at, item in enumerate(items) if item.kind == "reason"), len(items))
    return items[:end]


def _read_number(head: Item, rest: Sequence[Item]) -> Reading | None:
    """Read a number, if nothing that follows can change the answer."""
    tail = _before_reason(rest)
    if len(tail) > 1 and tail[0].kind == "not" and tail[1].kind == head.kind and tail[1].key not in ("", head.key):
        tail = tail[2:]  # "2 pas 1"
    is_plain = all(item.kind in _BARE or (item.kind == head.kind and item.key == head.key) for item in tail)
    return Reading((head.key,), sureness=Sureness.MID) if is_plain else None


def _yes_at_end(items: Sequence[Item], lexicon: Lexicon) -> Reading | None:
    """Read a yes at the end of a short answer ("3ndna ah")."""
    significant = [item for item in items if item.kind not in _BARE]
    last = significant[-1]
    is_yes = (
        len(significant) == 2
        and _is_known_sequel(significant[0], denies=False, lexicon=lexicon)
        and last.kind == "polar"
        and last.sureness is Sureness.HIGH
        and last.key.endswith("yes")
    )
    return Reading((last.key,), sureness=Sureness.MID) if is_yes else None


def _leaves_valid(tail: Sequence[Item], *, strong: bool, denies: bool, lexicon: Lexicon) -> bool:
    """Return whether a yes or no still holds, given the words that follow."""
    significant = [item for item in tail if item.kind not in _BARE and item.kind != "polar"]
    is_agreed = strong and any(item.kind == "polar" for item in tail)
    if not significant or (is_agreed and all(item.kind == "not" for item in significant)):
        return True  # "oui, il n'y a pas de problème"
    first = significant[0]
    first_follows = _is_known_sequel(first, denies=denies, lexicon=lexicon)
    is_apart = tail[0].kind == "break"
    if not (strong or is_apart or first_follows):
        return False
    if first.kind == "but":
        return len(significant) > _SHORT - 1 and _is_remark(significant[1:])
    rest = significant[1:] if first_follows else significant
    if denies:
        return not any(item.kind in ("doubt", "but", "except") for item in rest) or (first_follows and not rest)
    return _is_remark(rest) if rest else True


def _is_remark(items: Sequence[Item]) -> bool:
    """Return whether these items are a remark that takes nothing back."""
    if not items or items[0].kind in ("not", "doubt", "except", "but", "polar", "than"):
        return False
    if any(item.kind in ("doubt", "except", "fix") for item in items):
        return False
    numbers = [after for item, after in pairwise([*items, Item("break")]) if item.kind in ("place", "ordinal")]
    return all(after.kind in ("spoils", "") for after in numbers)


def _is_unsure(item: Item, lexicon: Lexicon) -> bool:
    """Return whether the item means "I do not know", which is no answer."""
    meaning = lexicon.meaning(item.words)
    return meaning is not None and meaning.intent == "skip"


def _is_known_sequel(item: Item, *, denies: bool, lexicon: Lexicon) -> bool:
    """Return whether people use this word after a yes or, with `denies`, after a no."""
    role = "follows_no" if denies else "follows_yes"
    return role in lexicon.roles.get(item.words, ()) or (denies and _DENIES.fullmatch(item.words) is not None)
