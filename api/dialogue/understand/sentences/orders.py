"""Read unusual ways to list choices: "pas 1, le reste oui", "le même ordre", "l'eau oui, les routes non". Pure."""

from __future__ import annotations

from collections.abc import Sequence

from api.dialogue.understand.expected import Expected, Reading, Reads
from api.dialogue.understand.sentences.pieces import BREAK, Item, segments
from api.dialogue.understand.sentences.sequence import only_first, unroll_order
from api.dialogue.understand.vocabulary.lexicon import Sureness

_YES = frozenset(
    ("oui", "ok", "نعم", "فنعم", "اه", "اييه", "ايه", "واه", "واخا", "ah", "wah", "iyeh", "wakha", "si", "yes")
)
_NO = frozenset(("non", "no", "لا", "فلا", "لالا", "la", "lala", "nn", "uhu"))
_SMALL = ("fill", "and", "break", "")
_UNKNOWN = 4  # maximum unknown words next to "the same order" or after "the rest"
_FEWEST = 2  # minimum choices or verdicts (a yes or no after choices) that make a list


def read_shown_order(items: Sequence[Item], expected: Expected) -> Reading | None:
    """If the text says "the same order", read it as all choices in the order shown.

    The order may also be reversed. If the text says anything else, return None.
    """
    order_words = [item.kind for item in items if item.kind in ("as_shown", "turned")]
    numbers = [item.number for item in items if item.kind == "place"]
    most = len(expected.listed)
    ends = [1, most] if order_words == ["as_shown"] else [most, 1]  # "à l'envers, de 4 à 1"
    expected_kinds = ("as_shown", "turned", *(("place",) if numbers == ends else ()))
    others = [item for item in items if item.kind not in expected_kinds]
    unknown = sum(item.kind == "" for item in others)
    if len(order_words) != 1 or unknown > _UNKNOWN or any(item.kind not in _SMALL for item in others):
        return None
    keys = [offer.key for offer in expected.listed]
    return Reading(tuple(keys if order_words[0] == "as_shown" else reversed(keys)), sureness=Sureness.MID)


def spell_out(items: Sequence[Item], expected: Expected) -> Sequence[Item]:
    """Replace "the rest" by what it means, and put each yes or no before the choices it belongs to."""
    if expected.reads is not Reads.MANY:
        return items
    at = next((place for place, item in enumerate(items) if item.kind == "rest"), None)
    if at is None:
        return unroll_order(_second_order(items)) if expected.ordered else _with_replacements(_verdicts_first(items))
    before, after = items[:at], items[at + 1 :]
    unknown = sum(item.kind == "" for item in after)
    if any(item.kind not in _SMALL for item in after) or unknown > _UNKNOWN:
        return items
    if expected.ordered:
        return only_first(_without_trailing(before))
    denied = [item for item in before if item.chooses]
    is_agreed = any(item.words in _YES for item in after)
    if not denied or not is_agreed or not all(_only_denies(part) for part in segments(before)):
        return items
    return [Item("all"), Item("except"), *denied]


def _without_trailing(items: Sequence[Item]) -> Sequence[Item]:
    left = [*items]
    while left and left[-1].kind in ("and", "break", "fill"):
        left.pop()
    return left


def _only_denies(part: Sequence[Item]) -> bool:
    """Return whether a part says only what the person does not want."""
    first = next((item for item in part if item.kind not in ("fill", "and")), None)
    return first is None or first.kind == "not" or not any(item.chooses for item in part)


def _verdicts_first(items: Sequence[Item]) -> Sequence[Item]:
    """Put "not" before the refused choices of a list such as "l'eau oui, les routes non"."""
    parts = [part for part in segments(items) if any(item.chooses for item in part)]
    verdicts = [part[-1].words for part in parts]
    if len(parts) < _FEWEST or _NO.isdisjoint(verdicts) or not {*verdicts} <= _YES | _NO:
        return items
    if any(item.kind == "not" for part in parts for item in part):
        return items
    marked = ([Item("not"), *part[:-1]] if part[-1].words in _NO else part[:-1] for part in parts)
    return [item for part in marked for item in (*part, BREAK)][:-1]


def _second_order(items: Sequence[Item]) -> Sequence[Item]:
    """If the text corrects an order of choices ("A B, no, B A"), return only the second order."""
    for at, item in enumerate(items):
        before, after = ({each.key for each in part if each.chooses} for part in (items[:at], items[at + 1 :]))
        if item.kind == "doubt" and item.words in _NO and before == after and len(before) >= _FEWEST:
            return items[at + 1 :]
    return items


def _with_replacements(items: Sequence[Item]) -> Sequence[Item]:
    """If the text exchanges choices ("enlevez le 2, mettez le 3"), return the choices that result."""
    out_at = next((at for at, item in enumerate(items) if item.kind == "takes_out"), 0)
    put_at = next((at for at, item in enumerate(items) if item.kind == "puts_in" and at > out_at), len(items))
    removed = {item.key for item in items[out_at:put_at] if item.chooses}
    before = [item for item in items[:out_at] if item.chooses]
    is_plain = all(item.chooses or item.kind in ("fill", "and", "break", "takes_out", "puts_in") for item in items)
    if not out_at or not is_plain or not removed or not removed < {item.key for item in before}:
        return items
    return [*(item for item in before if item.key not in removed), *items[put_at + 1 :]]
