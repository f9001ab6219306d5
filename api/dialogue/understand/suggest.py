"""What a text with a slip may have meant: asked back, never acted upon."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from api.dialogue.understand.expected import Expected, Offer, Reads
from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.dialogue.understand.vocabulary.naming import bare, names

_SHORTEST = 5  # letters: no threshold parts shorter words from other words (stop/top, aide/idée)
_LONG = 10  # letters from which two slips are forgiven, in the name of a choice
_INTENTS = frozenset(("stop", "help", "start", "language", "back", "skip", "change"))

ByLength = Mapping[int, Sequence[tuple[str, str]]]  # words and what they stand for, by their number of letters


def suggest(key: str, expected: Expected, lexicon: Lexicon) -> str | None:
    """The key of the one choice, or the one intent, that this normalised text is nearest to, a slip or two away."""
    said = " ".join(word for word in key.split() if word not in lexicon.fillers) or key
    if len(said) < _SHORTEST:
        return None
    # Points are for several: one of their names alone is no answer that a yes could confirm.
    offers = tuple(each for each in expected.offers if each.action or expected.reads is not Reads.SHARES)
    nearest = _nearest({said, bare(said)}, _named(offers), most=2)
    if not nearest and " " not in said:
        nearest = _nearest({said}, _spoken(_answers(expected), lexicon), most=1)
    return nearest.pop() if len(nearest) == 1 else None


def _nearest(said: set[str], known: ByLength, *, most: int) -> set[str]:
    """What the words that are fewest slips away stand for; nothing where all are too far."""
    found: dict[int, set[str]] = {}
    for text in said:
        for length in range(len(text) - most, len(text) + most + 1):
            allowed = most if length >= _LONG else 1
            for word, target in known.get(length, ()):
                slips = DamerauLevenshtein.distance(text, word, score_cutoff=allowed)
                if slips <= allowed:
                    found.setdefault(slips, set()).add(target)
    return found[min(found)] if found else set()


@lru_cache(maxsize=512)
def _named(offers: tuple[Offer, ...]) -> ByLength:
    """The names of the choices, and the words in them that are long enough to be known by themselves."""
    whole = [(name, mention.key) for name, mention in names(offers).items() if mention]
    parts = [(word, target) for name, target in whole for word in bare(name).split()]
    return _by_length([*whole, *parts])


def _answers(expected: Expected) -> tuple[tuple[str, str], ...]:
    """The keys of yes and no, where these are the answers."""
    offers = ((value, expected.by_value(value)) for value in ("yes", "no") if expected.yes_no)
    return tuple((value, offer.key) for value, offer in offers if offer is not None)


@lru_cache(maxsize=64)
def _spoken(answers: tuple[tuple[str, str], ...], lexicon: Lexicon) -> ByLength:
    """Keywords and what they would do here; yes and no where these are the answers."""
    keys = dict(answers)
    return {
        length: [(word, keys.get(intent, intent)) for word, intent in words if intent in keys or intent in _INTENTS]
        for length, words in lexicon.by_length.items()
        if length >= _SHORTEST
    }


def _by_length(words: Iterable[tuple[str, str]]) -> ByLength:
    found: dict[int, list[tuple[str, str]]] = {}
    for word, target in dict.fromkeys(words):
        if len(word) >= _SHORTEST:
            found.setdefault(len(word), []).append((word, target))
    return found
