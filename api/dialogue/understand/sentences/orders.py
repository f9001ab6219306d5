"""Several choices without naming each: "pas 1, le reste oui", "le même ordre", "l'eau oui, les routes non". Pure."""

from __future__ import annotations

from collections.abc import Sequence

from api.dialogue.understand.expected import Expected, Reading, Reads
from api.dialogue.understand.sentences.pieces import BREAK, Item, segments
from api.dialogue.understand.sentences.sequence import first_alone, turns
from api.dialogue.understand.vocabulary.lexicon import Sureness

_YES = frozenset(
    ("oui", "ok", "نعم", "فنعم", "اه", "اييه", "ايه", "واه", "واخا", "ah", "wah", "iyeh", "wakha", "si", "yes")
)
_NO = frozenset(("non", "no", "لا", "فلا", "لالا", "la", "lala", "nn", "uhu"))
_SMALL = ("fill", "and", "break", "")
_UNKNOWN = 4  # unknown words beside "the same order", or behind "the rest"
_FEWEST = 2  # verdicts that make a list


def shown(items: Sequence[Item], expected: Expected) -> Reading | None:
    """All of them as they were shown, or the other way round, where nothing else is said."""
    told = [item.kind for item in items if item.kind in ("as_shown", "turned")]
    numbers = [item.number for item in items if item.kind == "place"]
    ends = [1, len(expected.listed)] if told == ["as_shown"] else [len(expected.listed), 1]  # "à l'envers, de 4 à 1"
    apart = ("as_shown", "turned", *(("place",) if numbers == ends else ()))
    others = [item for item in items if item.kind not in apart]
    strange = sum(item.kind == "" for item in others)
    if len(told) != 1 or strange > _UNKNOWN or any(item.kind not in _SMALL for item in others):
        return None
    keys = [offer.key for offer in expected.listed]
    return Reading(tuple(keys if told[0] == "as_shown" else reversed(keys)), sureness=Sureness.MID)


def spelt_out(items: Sequence[Item], expected: Expected) -> Sequence[Item]:
    """The items with "the rest" said in other words, and with verdicts before what they are of."""
    if expected.reads is not Reads.MANY:
        return items
    at = next((place for place, item in enumerate(items) if item.kind == "rest"), None)
    if at is None:
        return turns(_again(items)) if expected.ordered else _replaced(_by_verdict(items))
    before, behind = items[:at], items[at + 1 :]
    strange = sum(item.kind == "" for item in behind)
    if any(item.kind not in _SMALL for item in behind) or strange > _UNKNOWN:
        return items
    if expected.ordered:
        return first_alone(_without_end(before))
    denied = [item for item in before if item.chooses]
    agreed = any(item.words in _YES for item in behind)
    if not denied or not agreed or not all(_denied(part) for part in segments(before)):
        return items
    return [Item("all"), Item("except"), *denied]


def _without_end(items: Sequence[Item]) -> Sequence[Item]:
    kept = [*items]
    while kept and kept[-1].kind in ("and", "break", "fill"):
        kept.pop()
    return kept


def _denied(part: Sequence[Item]) -> bool:
    """Whether a part says only what is not wanted."""
    first = next((item for item in part if item.kind not in ("fill", "and")), None)
    return first is None or first.kind == "not" or not any(item.chooses for item in part)


def _by_verdict(items: Sequence[Item]) -> Sequence[Item]:
    """ "L'eau oui, les routes non": what is refused, with "not" before it, if each part ends with its verdict."""
    parts = [part for part in segments(items) if any(item.chooses for item in part)]
    ends = [part[-1].words for part in parts]
    if len(parts) < _FEWEST or not any(each in _NO for each in ends) or not all(each in _YES | _NO for each in ends):
        return items
    if any(item.kind == "not" for part in parts for item in part):
        return items
    refused = ([Item("not"), *part[:-1]] if part[-1].words in _NO else part[:-1] for part in parts)
    return [item for part in refused for item in (*part, BREAK)][:-1]


def _again(items: Sequence[Item]) -> Sequence[Item]:
    """The order behind a "no" that stands between two orders of the same choices."""
    for at, item in enumerate(items):
        before, behind = ({each.key for each in part if each.chooses} for part in (items[:at], items[at + 1 :]))
        if item.kind == "doubt" and item.words in _NO and before == behind and len(before) >= _FEWEST:
            return items[at + 1 :]
    return items


def _replaced(items: Sequence[Item]) -> Sequence[Item]:
    """The choices without those that are taken out again, and with those put in ("enlevez le 2, mettez le 3")."""
    out = next((at for at, item in enumerate(items) if item.kind == "takes_out"), 0)
    put = next((at for at, item in enumerate(items) if item.kind == "puts_in" and at > out), len(items))
    taken = {item.key for item in items[out:put] if item.chooses}
    before = [item for item in items[:out] if item.chooses]
    plain = all(item.chooses or item.kind in ("fill", "and", "break", "takes_out", "puts_in") for item in items)
    if not out or not plain or not taken or not taken < {item.key for item in before}:
        return items
    return [*(item for item in before if item.key not in taken), *items[put + 1 :]]
