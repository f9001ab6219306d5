"""A step of a scale with something around it: a reason, a correction, stars, or the name of one of its ends. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from api.dialogue.understand.expected import Expected, Reading
from api.dialogue.understand.sentences.pieces import Item, segments
from api.dialogue.understand.sentences.scanning import scanned
from api.dialogue.understand.sentences.simplify import corrected, is_more
from api.dialogue.understand.values import amounts
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Sureness

_BETWEEN = re.compile(
    r"(?:entre|de|بين|bin|entre el|from|between|sur)\s+(\d{1,2})\s*(?:et|a|à|و|w|y|and|to|الى|إلى|-)\s*(\d{1,2})"
)
_SIGNED = 3  # unknown words of a signature
_STAR = "⭐🌟★"
_STARS = re.compile(rf"[\s\ufe0f☆]*[{_STAR}][\s\ufe0f{_STAR}☆]*")


def stepped(folded: str, expected: Expected, lexicon: Lexicon) -> Reading | None:
    """A step of a scale beside a reason, a greeting or a name; "entre 1 et 5" only tells the scale."""
    if (stars := _STARS.fullmatch(folded)) is not None:
        count = sum(letter in _STAR for letter in stars[0])
        return Reading(value=str(count), sureness=Sureness.MID) if expected.low <= count <= expected.high else None
    said = amounts.without_end(_without_scale(folded, expected), expected.high, lexicon)
    found = corrected(scanned(said, expected, lexicon) or ())
    if not found:
        return None
    if any(is_more(item, after) for item, after in pairwise(found)):
        return None
    end = next((at for at, item in enumerate(found) if item.kind == "reason" and at), len(found))
    parts = _given(_meant(segments(found[:end]), lexicon), lexicon)
    while len(parts) > 1 and all(item.kind in ("fill", "person", "") for item in parts[-1]):
        if sum(item.kind == "" for item in parts[-1]) > _SIGNED:
            return None
        parts.pop()
    ends = _at_the_end(parts, expected, lexicon)
    if ends is not None:
        return ends
    kept = [item.words for segment in parts for item in segment if item.kind not in ("fill", "person")]
    if len(kept) > 1 and len(set(kept)) == 1:
        kept = kept[:1]
    reading = amounts.step(" ".join(kept), expected, lexicon)
    return replace(reading, sureness=Sureness.MID) if reading.understood else None


def _meant(parts: list[list[Item]], lexicon: Lexicon) -> list[list[Item]]:
    """The parts without a step that is refused ("pas 5, 4"), or that would have been given ("j'aurais mis 5")."""
    kept = [part for part in parts if not _refused(part) and not any(_has("would", item, lexicon) for item in part)]
    numbered = [part for part in kept if any(item.kind == "place" for item in part)]
    return kept if len(numbered) == 1 else parts


def _refused(part: Sequence[Item]) -> bool:
    told = [item.kind for item in part if item.kind != "fill"]
    return told == ["not", "place"]


def _at_the_end(parts: Sequence[Sequence[Item]], expected: Expected, lexicon: Lexicon) -> Reading | None:
    """The end of the scale that is named as one ("la note maximale"), alone or with its number."""
    told = [item for part in parts for item in part if item.kind not in ("fill", "person")]
    for role, end in (("highest", expected.high), ("lowest", expected.low)):
        named = [item for item in told if _has(role, item, lexicon)]
        numbers = [item.number for item in told if item.kind == "place"]
        if named and set(numbers) <= {end} and len(named) + len(numbers) == len(told):
            return Reading(value=str(end), sureness=Sureness.MID)
    return None


def _has(role: str, item: Item, lexicon: Lexicon) -> bool:
    return role in lexicon.roles.get(item.words, ())


def _given(parts: list[list[Item]], lexicon: Lexicon) -> list[list[Item]]:
    """The one part in which a number is given ("je mets 2"), if no other part has one."""
    numbered = [part for part in parts if any(item.kind in ("place", "ordinal", "spoils") for item in part)]
    gives = [part for part in numbered if any("gives" in lexicon.roles.get(item.words, ()) for item in part)]
    return gives if len(gives) == 1 == len(numbered) else parts


def _without_scale(folded: str, expected: Expected) -> str:
    for found in _BETWEEN.finditer(folded):
        if (int(found[1]), int(found[2])) == (expected.low, expected.high):
            return f"{folded[: found.start()]} {folded[found.end() :]}"
    return folded
