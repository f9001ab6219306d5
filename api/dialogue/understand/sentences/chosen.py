"""What the parts of an answer choose: one of what is offered, or several in an order. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from api.dialogue.understand.expected import Expected, Reading, Reads
from api.dialogue.understand.sentences.clauses import Parts
from api.dialogue.understand.sentences.pieces import Item
from api.dialogue.understand.vocabulary.lexicon import Sureness

_FEWEST = 2  # names that make an order


def chosen(parts: Parts, expected: Expected) -> Reading | None:
    """The choice or choices these parts say."""
    return _one(parts) if expected.reads is Reads.ONE else _many(parts, expected)


def _one(parts: Parts) -> Reading | None:
    keys = _unique(parts.chosen)
    if len(keys) != 1 or parts.all or parts.ends or parts.count or keys[0] in _unique(parts.denied):
        return None
    return _reading(keys)


def _many(parts: Parts, expected: Expected) -> Reading | None:
    listed = [offer.key for offer in expected.listed]
    denied = _unique(parts.denied)
    if parts.all or parts.ends:
        keys = _all(parts, listed, denied)
        return None if expected.ordered or parts.chosen or not keys else _reading(keys)
    if expected.ordered and _leaves_a_gap(parts.chosen, len(listed)):
        return None
    said = _without_ends(parts.chosen, len(listed))
    keys = _ordered(said, len(listed))
    if not keys:
        keys = _unique(said)
        ordinal = {each.kind == "ordinal" for each in said}
        twice = len({(each.kind, each.key) for each in said}) < len(said)
        if parts.mixed or len(ordinal) > 1 or (twice and (expected.ordered or len(keys) < _FEWEST)):
            return None  # "4 l'eau" contradicts itself, and "1 1" may be meant for two
    if not keys or set(keys) & set(denied) or parts.count not in (0, len(keys)):
        return None
    return _reading(keys)


def _all(parts: Parts, listed: Sequence[str], denied: Sequence[str]) -> list[str]:
    """All of them, all but some, or as many as are said from one end of the list."""
    if parts.ends and 0 < parts.count <= len(listed):
        return [*(listed[: parts.count] if parts.ends == "firsts" else listed[-parts.count :])]
    if parts.ends or (parts.count and parts.count != len(listed)) or (denied and not parts.excepted):
        return []
    return [key for key in listed if key not in denied]


def _ordered(said: Sequence[Item], most: int) -> list[str]:
    """Names with the rank of each before or behind it, in the order of these ranks; none where it is anything else."""
    rank = "ordinal" if any(each.kind == "ordinal" for each in said) else "place"
    ranks, named = [each for each in said if each.kind == rank], [each for each in said if each.kind != rank]
    if len(named) < _FEWEST or len(ranks) != len(named):
        return []
    turns = {tuple(each.kind == rank for each in said[at : at + 2]) for at in range(0, len(said), 2)}
    numbers = sorted(each.number for each in ranks)
    if len(turns) != 1 or len(set(next(iter(turns)))) != 2 or len(_unique(named)) != len(named):
        return []
    last = all(each.kind == "ordinal" for each in ranks)  # "the last", of which nothing stands before
    if numbers != [*range(1, len(named) + 1)] and not (last and numbers == [*range(1, len(named)), most]):
        return []
    return [key for _, key in sorted((each.number, name.key) for each, name in zip(ranks, named, strict=True))]


def _leaves_a_gap(said: Sequence[Item], most: int) -> bool:
    """Whether only the first and the last are told, and what stands between them is not."""
    named = [each for each in said if each.kind != "ordinal"]
    last = any(each.kind == "ordinal" and each.number == most for each in said)
    return last and len(named) <= _FEWEST < most - 1


def _without_ends(said: Sequence[Item], most: int) -> Sequence[Item]:
    """The choices without "first" beside the first of them ("النقل أولا ثم النظافة"), and "last" behind the last.

    They say what the order says.
    """
    ordinals = [at for at, each in enumerate(said) if each.kind == "ordinal"]
    plain = [each for each in said if each.kind != "ordinal"]
    last = len(said) - (2 if said and said[0].kind == "ordinal" else 1)
    told = ((at < _FEWEST and said[at].number == 1) or (at >= last and said[at].number == most) for at in ordinals)
    return plain if 0 < len(ordinals) <= _FEWEST <= len(plain) - len(ordinals) + 1 and all(told) else said


def _unique(said: Sequence[Item]) -> list[str]:
    return list(dict.fromkeys(each.key for each in said))


def _reading(keys: Sequence[str]) -> Reading:
    return Reading(tuple(keys), sureness=Sureness.MID)
