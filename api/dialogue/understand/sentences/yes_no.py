"""Yes or no with something behind it: a reason, a remark, a correction. What may turn it around is asked back. Pure."""

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
_ALONE = {*_BARE, "polar"}  # what leaves the number beside it a choice
_AFTER_ALL = ("enfin", "finalement", "au final", "en fait")  # "non... enfin si"
_FRENCH = ("oui", "ouais", "non", "si", "yes", "claro")  # beside which "la" is no "no"
_SHORT = 3  # words of a message that may end with its yes


def polar(items: Sequence[Item], expected: Expected, lexicon: Lexicon) -> Reading | None:
    """The yes or no at the head of an answer; None if it is not plain."""
    said = _instead(_corrected(_after_all(items)))
    at = next((place for place, item in enumerate(said) if item.kind not in _BARE), None)
    if at is None:
        return None
    head, rest = said[at], said[at + 1 :]
    if head.kind == "" and len(said) <= _SHORT:
        return _last(said, lexicon)
    if (head.kind == "not" and head.words in lexicon.heads) or not head.chooses or not head.key:
        return None
    if "address" in lexicon.roles.get(head.words, ()) and rest and rest[0].kind == "person":
        return None  # "lalla Fatima"
    if head.kind != "polar":
        return _numbered(head, rest)
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
    strong = head.words.split()[0] in lexicon.heads
    no = expected.by_value("no")
    denies = no is not None and head.key == no.key
    if denies and any(_knows_not(item, lexicon) for item in tail):
        return None
    if not denies and any("unaware" in lexicon.roles.get(item.words, ()) for item in tail):
        return None
    if not _may_follow(tail, strong=strong, denies=denies, lexicon=lexicon):
        return None
    if head.sureness is Sureness.LOW and not any(_follows(item, denies=denies, lexicon=lexicon) for item in tail):
        return None
    return Reading((head.key,), sureness=Sureness.MID)


def _after_all(items: Sequence[Item]) -> Sequence[Item]:
    """The items with "enfin" as a correction where another yes or no follows it at once ("non... enfin si")."""
    for at, item in enumerate(items[:-1]):
        told = {each.key for each in items[:at] if each.kind == "polar"}
        if item.words in _AFTER_ALL and items[at + 1].kind == "polar" and told and items[at + 1].key not in told:
            return [*items[:at], replace(item, kind="fix"), *items[at + 1 :]]
    return items


def _corrected(items: Sequence[Item]) -> Sequence[Item]:
    """What stands behind the last correction, if anything is said there."""
    for at in range(len(items) - 1, 0, -1):
        if items[at].kind == "fix" and all(
            any(item.chooses for item in each) for each in (items[:at], items[at + 1 :])
        ):
            return items[at + 1 :]
    return items


def _instead(items: Sequence[Item]) -> Sequence[Item]:
    """What stands behind "but", where a number is refused before it ("pas 1 mais 2")."""
    told = [at for at, item in enumerate(items) if item.kind not in _BARE]
    kinds = [items[at].kind for at in told]
    refused = kinds == ["not", "place", "but", "place"] and items[told[1]].key != items[told[3]].key
    return items[told[3] :] if refused else items


def _contradicts(head: Item, tail: Sequence[Item]) -> bool:
    """Whether the number of something else stands by itself behind a yes or no ("non 1"), and counts nothing."""
    said = [head, *tail, Item("break")]
    return any(
        item.kind in ("place", "ordinal") and item.key != head.key and {before.kind, after.kind} <= _ALONE
        for before, item, after in zip(said, said[1:], said[2:], strict=False)
    )


def _before_reason(items: Sequence[Item]) -> Sequence[Item]:
    end = next((at for at, item in enumerate(items) if item.kind == "reason"), len(items))
    return items[:end]


def _numbered(head: Item, rest: Sequence[Item]) -> Reading | None:
    """A number, with nothing behind it but small words, a name, itself again or a reason."""
    tail = _before_reason(rest)
    if len(tail) > 1 and tail[0].kind == "not" and tail[1].kind == head.kind and tail[1].key not in ("", head.key):
        tail = tail[2:]  # "2 pas 1"
    plain = all(item.kind in _BARE or (item.kind == head.kind and item.key == head.key) for item in tail)
    return Reading((head.key,), sureness=Sureness.MID) if plain else None


def _last(said: Sequence[Item], lexicon: Lexicon) -> Reading | None:
    """A word and the yes behind it ("3ndna ah")."""
    strange = [item for item in said if item.kind not in _BARE]
    last = strange[-1]
    yes = (
        len(strange) == 2
        and _follows(strange[0], denies=False, lexicon=lexicon)
        and last.kind == "polar"
        and last.sureness is Sureness.HIGH
        and last.key.endswith("yes")
    )
    return Reading((last.key,), sureness=Sureness.MID) if yes else None


def _may_follow(tail: Sequence[Item], *, strong: bool, denies: bool, lexicon: Lexicon) -> bool:
    """Whether what is said behind a yes or no leaves it what it is."""
    said = [item for item in tail if item.kind not in _BARE and item.kind != "polar"]
    agreed = strong and any(item.kind == "polar" for item in tail)
    if not said or (agreed and all(item.kind == "not" for item in said)):
        return True  # "oui, il n'y a pas de problème"
    first = said[0]
    followed = _follows(first, denies=denies, lexicon=lexicon)
    apart = tail[0].kind == "break"
    if not (strong or apart or followed):
        return False
    if first.kind == "but":
        return len(said) > _SHORT - 1 and _remark(said[1:])
    rest = said[1:] if followed else said
    if denies:
        return not any(item.kind in ("doubt", "but", "except") for item in rest) or (followed and not rest)
    return _remark(rest) if rest else True


def _remark(said: Sequence[Item]) -> bool:
    """Whether this is a remark that takes nothing back: it begins with a thing, and sets no condition."""
    if not said or said[0].kind in ("not", "doubt", "except", "but", "polar", "than"):
        return False
    if any(item.kind in ("doubt", "except", "fix") for item in said):
        return False
    numbers = [after for item, after in pairwise([*said, Item("break")]) if item.kind in ("place", "ordinal")]
    return all(after.kind in ("spoils", "") for after in numbers)


def _knows_not(item: Item, lexicon: Lexicon) -> bool:
    """Whether it says "I do not know", which is no "no"."""
    meaning = lexicon.meaning(item.words)
    return meaning is not None and meaning.intent == "skip"


def _follows(item: Item, *, denies: bool, lexicon: Lexicon) -> bool:
    role = "follows_no" if denies else "follows_yes"
    return role in lexicon.roles.get(item.words, ()) or (denies and _DENIES.fullmatch(item.words) is not None)
