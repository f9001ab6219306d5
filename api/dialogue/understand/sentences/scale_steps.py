"""Read a step of a scale with other words around it: a reason, a correction, stars, or the name of an end. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from api.dialogue.understand.expected import Expected, Reading
from api.dialogue.understand.sentences.pieces import Item, segments
from api.dialogue.understand.sentences.scanning import scan
from api.dialogue.understand.sentences.simplify import drop_corrected, is_more
from api.dialogue.understand.values import amounts
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Sureness

_BETWEEN = re.compile(
    r"(?:entre|de|بين|bin|entre el|from|between|sur)\s+(\d{1,2})\s*(?:et|a|à|و|w|y|and|to|الى|إلى|-)\s*(\d{1,2})"
)
_SIGNED = 3  # maximum unknown words in a signature
_STAR = "⭐🌟★"
_STARS = re.compile(rf"[\s\ufe0f☆]*[{_STAR}][\s\ufe0f{_STAR}☆]*")


def read_step_closely(folded: str, expected: Expected, lexicon: Lexicon) -> Reading | None:
    """Read a step of a scale next to a reason, a greeting or a name; None if it is unclear.

    Words such as "entre 1 et 5" are ignored, because they only repeat the scale.
    """
    if (stars := _STARS.fullmatch(folded)) is not None:
        count = sum(letter in _STAR for letter in stars[0])
        return Reading(value=str(count), sureness=Sureness.MID) if expected.low <= count <= expected.high else None
    without_scale = amounts.without_scale_end(_without_scale(folded, expected), expected.high, lexicon)
    items = drop_corrected(scan(without_scale, expected, lexicon) or ())
    if not items:
        return None
    if any(is_more(item, after) for item, after in pairwise(items)):
        return None
    reason_at = next((at for at, item in enumerate(items) if item.kind == "reason" and at), len(items))
    parts = _marked_part(_without_hypothetical(segments(items[:reason_at]), lexicon), lexicon)
    while len(parts) > 1 and all(item.kind in ("fill", "person", "") for item in parts[-1]):
        if sum(item.kind == "" for item in parts[-1]) > _SIGNED:
            return None
        parts.pop()
    named_end = _named_end(parts, expected, lexicon)
    if named_end is not None:
        return named_end
    step_words = [item.words for segment in parts for item in segment if item.kind not in ("fill", "person")]
    if len(step_words) > 1 and len(set(step_words)) == 1:
        step_words = step_words[:1]
    reading = amounts.read_step(" ".join(step_words), expected, lexicon)
    return replace(reading, sureness=Sureness.MID) if reading.understood else None


def _without_hypothetical(parts: list[list[Item]], lexicon: Lexicon) -> list[list[Item]]:
    """Drop parts whose step is refused ("pas 5, 4") or hypothetical ("j'aurais mis 5")."""
    asserted = [
        part for part in parts if not _is_refused(part) and not any(_has_role("would", item, lexicon) for item in part)
    ]
    numbered = [part for part in asserted if any(item.kind == "place" for item in part)]
    # drop them only if exactly one number is left
    return asserted if len(numbered) == 1 else parts


def _is_refused(part: Sequence[Item]) -> bool:
    kinds = [item.kind for item in part if item.kind != "fill"]
    return kinds == ["not", "place"]


def _named_end(parts: Sequence[Sequence[Item]], expected: Expected, lexicon: Lexicon) -> Reading | None:
    """Read an end of the scale that is named in words ("la note maximale")."""
    significant = [item for part in parts for item in part if item.kind not in ("fill", "person")]
    for role, end in (("highest", expected.high), ("lowest", expected.low)):
        end_names = [item for item in significant if _has_role(role, item, lexicon)]
        numbers = [item.number for item in significant if item.kind == "place"]
        if end_names and set(numbers) <= {end} and len(end_names) + len(numbers) == len(significant):
            return Reading(value=str(end), sureness=Sureness.MID)
    return None


def _has_role(role: str, item: Item, lexicon: Lexicon) -> bool:
    return role in lexicon.roles.get(item.words, ())


def _marked_part(parts: list[list[Item]], lexicon: Lexicon) -> list[list[Item]]:
    """Keep only the part that gives a mark ("je mets 2"), if no other part has a number."""
    numbered = [part for part in parts if any(item.kind in ("place", "ordinal", "spoils") for item in part)]
    giving = [part for part in numbered if any("gives" in lexicon.roles.get(item.words, ()) for item in part)]
    return giving if len(giving) == 1 == len(numbered) else parts


def _without_scale(folded: str, expected: Expected) -> str:
    """Return the text without words that name the whole scale ("entre 1 et 5")."""
    for match in _BETWEEN.finditer(folded):
        if (int(match[1]), int(match[2])) == (expected.low, expected.high):
            return f"{folded[: match.start()]} {folded[match.end() :]}"
    return folded
