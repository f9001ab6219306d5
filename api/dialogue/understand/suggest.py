"""Find what a text with a typing slip may have meant. The result is only a guess, which the person must confirm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from api.dialogue.understand.expected import Expected, Offer, Reads
from api.dialogue.understand.vocabulary.lexicon import KnownWord, Lexicon
from api.dialogue.understand.vocabulary.naming import bare, names

_SHORTEST = 5  # minimum letters: a slip turns shorter words into other words (stop/top, aide/idée)
_LONG = 10  # letters from which two slips are accepted in the name of a choice
_INTENTS = frozenset(("stop", "help", "start", "language", "back", "skip", "change"))

ByLength = Mapping[int, Sequence[KnownWord]]  # by number of letters


def suggest(key: str, expected: Expected, lexicon: Lexicon) -> str | None:
    """Return the key of the choice, or the intent, that this text probably misspells.

    It is only one or two slips away. If nothing or more than one thing is that close, return None. `key` is the
    normalised text.
    """
    content = " ".join(word for word in key.split() if word not in lexicon.fillers) or key
    if len(content) < _SHORTEST:
        return None
    # In a question about points, one name alone is not an answer, so a yes could not confirm it.
    offers = tuple(each for each in expected.offers if each.action or expected.reads is not Reads.SHARES)
    nearest = _nearest({content, bare(content)}, _choice_names(offers), most=2)
    if not nearest and " " not in content:
        nearest = _nearest({content}, _keywords(_yes_no_answers(expected), lexicon), most=1)
    return nearest.pop() if len(nearest) == 1 else None


def _nearest(texts: set[str], known: ByLength, *, most: int) -> set[str]:
    """Return the meanings of the known words that differ from these texts by the fewest slips."""
    by_slips: dict[int, set[str]] = {}
    for text in texts:
        for length in range(len(text) - most, len(text) + most + 1):
            allowed = most if length >= _LONG else 1
            for word, target in known.get(length, ()):
                slips = DamerauLevenshtein.distance(text, word, score_cutoff=allowed)
                if slips <= allowed:
                    by_slips.setdefault(slips, set()).add(target)
    return by_slips[min(by_slips)] if by_slips else set()


@lru_cache(maxsize=512)
def _choice_names(offers: tuple[Offer, ...]) -> ByLength:
    """Return the names of choices and their long words, grouped by length."""
    whole = [KnownWord(name, mention.key) for name, mention in names(offers).items() if mention]
    parts = [KnownWord(word, target) for name, target in whole for word in bare(name).split()]
    return _by_length([*whole, *parts])


def _yes_no_answers(expected: Expected) -> tuple[KnownWord, ...]:
    """If the question expects "yes" or "no", return these words with the keys of their choices."""
    offers = ((value, expected.by_value(value)) for value in ("yes", "no") if expected.yes_no)
    return tuple(KnownWord(value, offer.key) for value, offer in offers if offer is not None)


@lru_cache(maxsize=64)
def _keywords(answers: tuple[KnownWord, ...], lexicon: Lexicon) -> ByLength:
    """Return the keywords and what each stands for, grouped by length."""
    targets = {**{intent: intent for intent in _INTENTS}, **dict(answers)}
    return {
        length: [KnownWord(word, targets[intent]) for word, intent in words if intent in targets]
        for length, words in lexicon.by_length.items()
        if length >= _SHORTEST
    }


def _by_length(words: Iterable[KnownWord]) -> ByLength:
    by_length: dict[int, list[KnownWord]] = {}
    for word in dict.fromkeys(words):
        if len(word.text) >= _SHORTEST:
            by_length.setdefault(len(word.text), []).append(word)
    return by_length
