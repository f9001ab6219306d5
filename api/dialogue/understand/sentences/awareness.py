"""Yes or no to "have you heard of …?", said without either word: "سمعت بها فالراديو", "jamais entendu". Pure.

Only where the question itself asks that: anywhere else the same words answer nothing. Verbs of Darija are compared by
their sound, with "ma … ch" around them or grown together with them. The words are data: locales/clauses.toml.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from api.dialogue.understand.expected import Expected, Reading
from api.dialogue.understand.sentences.pieces import Item, segments
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Sureness
from api.dialogue.understand.vocabulary.phonetics import FREE, sound
from api.text.normalise import normalise

_MOST = 14  # words of an answer that is told at length
_PHRASE = 5  # words of a phrase of the lists
_WHOLE = "ma"  # grown together with a verb it denies, with "ch" at the end


@lru_cache(maxsize=256)
def asks_whether_heard(texts: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Whether a question, in its languages, asks if somebody has heard of a thing or knows of it."""
    return any(_role(normalise(text).split(), "asks_heard", lexicon) for text in texts)


def heard(items: Sequence[Item], expected: Expected, lexicon: Lexicon) -> Reading | None:
    """The yes or no that a tale of hearing says; None where nothing, or both, is told."""
    if not expected.hears or sum(item.words.count(" ") + 1 for item in items) > _MOST:
        return None
    if any(item.kind in ("place", "doubt") and item.words in lexicon.asking for item in items):
        return None
    parts = [_before_but(part) for part in segments(_corrected(items))]
    told = {found for part in parts for found in _told(part, lexicon)}
    if any(_knows_not(part, lexicon) for part in parts):
        return None
    said = {item.key for part in segments(_corrected(items)) for item in _polars(part)}
    offer = expected.by_value("yes" if True in told else "no")
    if len(told) != 1 or offer is None or said - {offer.key}:
        return None
    return Reading((offer.key,), sureness=Sureness.MID)


def _polars(part: Sequence[Item]) -> list[Item]:
    """Its yes and no; within a sentence "la" is an article."""
    ends = (part[0], part[-1])
    return [item for item in part if item.kind == "polar" and (item.words != "la" or item in ends)]


def _corrected(items: Sequence[Item]) -> Sequence[Item]:
    last = max((at for at, item in enumerate(items) if item.kind == "fix"), default=-1)
    return items[last + 1 :]


def _before_but(part: Sequence[Item]) -> list[str]:
    """The words of a part, up to "but": behind it stands what they do not know of it."""
    end = next((at for at, item in enumerate(part) if item.kind == "but"), len(part))
    return [word for item in part[:end] for word in item.words.split()]


def _told(words: Sequence[str], lexicon: Lexicon) -> set[bool]:
    """What a part tells: that they heard, that they did not, or nothing."""
    if _role(words, "never_heard", lexicon):
        return {False}
    verbs = [found for word in words if (found := _verb(word, lexicon)) is not None]
    if not verbs and not _role(words, "heard", lexicon):
        return set()
    denied = any("unheard" in lexicon.roles.get(word, ()) for word in words)
    unsure = any("doubt_heard" in lexicon.roles.get(word, ()) for word in words)
    return {True, False} if unsure else {not denied and all(verbs)}


def _knows_not(words: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether it is said that they do not know, or not for sure: then what they heard of may be something else."""
    unsure = _unsure_sounds(lexicon)
    phrases = (" ".join(words[at : at + size]) for at in range(len(words)) for size in (1, 2, 3))
    found = (lexicon.meaning(phrase) for phrase in phrases)
    return any(each is not None and each.intent == "skip" for each in found) or any(
        "not_known" in lexicon.roles.get(word, ()) or ((key := sound(word).key) and key in unsure) for word in words
    )


def _verb(word: str, lexicon: Lexicon) -> bool | None:
    """True for a verb of hearing, False for one that is denied ("masma3tch"), None for any other word."""
    known = _sounds(lexicon)
    key, vowels = sound(word)
    if not key or (vowels[-1] and set(vowels[-1]) & {"U"}):
        return None  # "سمعتو": it is you who heard
    if key in known and not (word.startswith(_WHOLE) and key[0] == "m"):
        return None if vowels[-1] == "I" else True
    bare = key.removesuffix("c")
    if bare == key:
        return None
    inner = bare[1:] if bare[0] == "m" else bare
    return False if known & {inner, f"{inner}t", f"{inner.removesuffix('n')}t"} else None


@lru_cache(maxsize=4)
def _sounds(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(sound(word).key for word, roles in lexicon.roles.items() if "heard_by_sound" in roles)


@lru_cache(maxsize=4)
def _unsure_sounds(lexicon: Lexicon) -> frozenset[str]:
    """How the words of doubt sound that have three consonants: shorter ones sound like many others."""
    keys = (sound(word).key for word, roles in lexicon.roles.items() if "doubt_heard" in roles)
    return frozenset(key for key in keys if len(key) >= FREE)


def _role(words: Sequence[str], role: str, lexicon: Lexicon) -> bool:
    """Whether a phrase of a list is among these words."""
    sizes = range(1, _PHRASE + 1)
    phrases = (" ".join(words[at : at + size]) for at in range(len(words)) for size in sizes)
    return any(role in lexicon.roles.get(phrase, ()) for phrase in phrases)
