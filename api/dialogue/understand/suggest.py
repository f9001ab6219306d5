"""What a text with a slip may have meant: asked back, never acted upon."""

from __future__ import annotations

from rapidfuzz.distance import DamerauLevenshtein

from api.dialogue.understand.expected import Expected
from api.dialogue.understand.lexicon import Lexicon
from api.dialogue.understand.phrases import bare, names

_SHORTEST = 5  # letters: no threshold parts shorter words from other words (stop/top, aide/idée)
_LONG = 10  # letters from which two slips are forgiven, in the name of a choice
_INTENTS = frozenset(("stop", "help", "start", "language", "back", "skip", "change"))


def suggest(key: str, expected: Expected, lexicon: Lexicon) -> str | None:
    """The key of the one choice, or the one intent, that this normalised text is nearest to, a slip or two away."""
    said = " ".join(word for word in key.split() if word not in lexicon.fillers) or key
    if len(said) < _SHORTEST:
        return None
    known = [(name, mention.key) for name, mention in names(expected.offers).items() if mention]
    named = [(target, _slips(text, name)) for name, target in known for text in {said, bare(said)}]
    nearest = _nearest([*named, *_parts(said, expected)])
    if not nearest and " " not in said:
        nearest = _nearest([(target, _slips(said, word, most=1)) for word, target in _words(expected, lexicon)])
    return nearest.pop() if len(nearest) == 1 else None


def _nearest(candidates: list[tuple[str, int | None]]) -> set[str]:
    """Those that are fewest slips away; none where all are too far."""
    near = [(slips, target) for target, slips in candidates if slips is not None]
    return {target for slips, target in near if slips == min(near)[0]}


def _slips(said: str, name: str, *, most: int = 2) -> int | None:
    """How many letters were added, left out, changed or swapped; None where too many, or the word is too short."""
    most = most if len(name) >= _LONG else 1
    if len(name) < _SHORTEST or abs(len(said) - len(name)) > most:
        return None
    found = DamerauLevenshtein.distance(said, name, score_cutoff=most)
    return found if found <= most else None


def _parts(said: str, expected: Expected) -> list[tuple[str, int | None]]:
    """Choices that have this word, or one near it, in their name."""
    if " " in said:
        return []
    return [
        (mention.key, _slips(bare(said), word))
        for name, mention in names(expected.listed).items()
        if mention
        for word in bare(name).split()
    ]


def _words(expected: Expected, lexicon: Lexicon) -> list[tuple[str, str]]:
    """Keywords and what they would do here."""
    found = [(word, meaning.intent) for word, meaning in lexicon.meanings.items() if meaning.intent in _INTENTS]
    if expected.yes_no:
        answers = {value: offer.key for value in ("yes", "no") if (offer := expected.by_value(value))}
        found += [(word, answers[each.intent]) for word, each in lexicon.meanings.items() if each.intent in answers]
    return found
