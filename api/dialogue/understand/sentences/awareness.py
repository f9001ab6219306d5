"""Read answers to "have you heard of …?" that contain neither yes nor no: "سمعت بها فالراديو", "jamais entendu". Pure.

Only answers to such questions are read here, because the same words do not answer other questions. Verbs of Darija are
compared by sound, with "ma … ch" around them or glued to them. The words are data: locales/clauses.toml.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from api.dialogue.understand.expected import Expected, Reading
from api.dialogue.understand.sentences.pieces import Item, segments
from api.dialogue.understand.vocabulary.lexicon import Lexicon, Sureness
from api.dialogue.understand.vocabulary.phonetics import FREE, sound
from api.text.normalise import normalise

_MOST = 14  # maximum words in a long answer
_PHRASE = 5  # maximum words in a phrase in the lists
_DENIES = "ma"  # glued to a verb it denies, with "ch" at the end


@lru_cache(maxsize=256)
def asks_whether_heard(texts: tuple[str, ...], lexicon: Lexicon) -> bool:
    """Return whether a question asks if somebody has heard of something or knows it.

    `texts` are its wordings in all languages.
    """
    return any(_has_role(normalise(text).split(), "asks_heard", lexicon) for text in texts)


def read_awareness(items: Sequence[Item], expected: Expected, lexicon: Lexicon) -> Reading | None:
    """Read an answer about having heard of something; None if it says neither yes nor no, or both."""
    if not expected.asks_if_heard or sum(item.words.count(" ") + 1 for item in items) > _MOST:
        return None
    if any(item.kind in ("place", "doubt") and item.words in lexicon.asking for item in items):
        return None
    parts = [_before_but(part) for part in segments(_corrected(items))]
    verdicts = {verdict for part in parts for verdict in _verdicts(part, lexicon)}
    if any(_is_unsure(part, lexicon) for part in parts):
        return None
    polar_keys = {item.key for part in segments(_corrected(items)) for item in _yes_no_items(part)}
    offer = expected.by_value("yes" if True in verdicts else "no")
    if len(verdicts) != 1 or offer is None or polar_keys - {offer.key}:
        return None
    return Reading((offer.key,), sureness=Sureness.MID)


def _yes_no_items(part: Sequence[Item]) -> list[Item]:
    """Return the words for yes and no in a part."""
    ends = (part[0], part[-1])
    # inside a sentence, "la" is an article
    return [item for item in part if item.kind == "polar" and (item.words != "la" or item in ends)]


def _corrected(items: Sequence[Item]) -> Sequence[Item]:
    """Return the items after the last correction, or all items if nothing is corrected."""
    last = max((at for at, item in enumerate(items) if item.kind == "fix"), default=-1)
    return items[last + 1 :]


def _before_but(part: Sequence[Item]) -> list[str]:
    """Return the words of a part before "but"."""
    # what follows tells what the person does not know about a thing they have heard of
    end = next((at for at, item in enumerate(part) if item.kind == "but"), len(part))
    return [word for item in part[:end] for word in item.words.split()]


def _verdicts(words: Sequence[str], lexicon: Lexicon) -> set[bool]:
    """Return what a part says about having heard of the thing: {True}, {False}, both, or nothing."""
    if _has_role(words, "never_heard", lexicon):
        return {False}
    verbs = [verdict for word in words if (verdict := _hearing_verb(word, lexicon)) is not None]
    if not verbs and not _has_role(words, "heard", lexicon):
        return set()
    is_denied = any("unheard" in lexicon.roles.get(word, ()) for word in words)
    is_unsure = any("doubt_heard" in lexicon.roles.get(word, ()) for word in words)
    # both: the person is in doubt
    return {True, False} if is_unsure else {not is_denied and all(verbs)}


def _is_unsure(words: Sequence[str], lexicon: Lexicon) -> bool:
    """Return whether the person does not know, or is not sure."""
    doubt_sounds = _unsure_sounds(lexicon)
    phrases = (" ".join(words[at : at + size]) for at in range(len(words)) for size in (1, 2, 3))
    meanings = (lexicon.meaning(phrase) for phrase in phrases)
    return any(meaning is not None and meaning.intent == "skip" for meaning in meanings) or any(
        "not_known" in lexicon.roles.get(word, ()) or ((key := sound(word).key) and key in doubt_sounds)
        for word in words
    )


def _hearing_verb(word: str, lexicon: Lexicon) -> bool | None:
    """Return True for a verb of hearing, False for a denied one ("masma3tch"), None for any other word."""
    known = _hearing_sounds(lexicon)
    key, vowels = sound(word)
    if not key or (vowels[-1] and set(vowels[-1]) & {"U"}):
        return None  # "سمعتو": "you heard", which says nothing about the person
    if key in known and not (word.startswith(_DENIES) and key[0] == "m"):
        return None if vowels[-1] == "I" else True
    bare = key.removesuffix("c")
    if bare == key:
        return None
    inner = bare[1:] if bare[0] == "m" else bare
    return False if known & {inner, f"{inner}t", f"{inner.removesuffix('n')}t"} else None


@lru_cache(maxsize=4)
def _hearing_sounds(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(sound(word).key for word, roles in lexicon.roles.items() if "heard_by_sound" in roles)


@lru_cache(maxsize=4)
def _unsure_sounds(lexicon: Lexicon) -> frozenset[str]:
    """Return the sounds of words of doubt that are long enough not to sound like many others."""
    keys = (sound(word).key for word, roles in lexicon.roles.items() if "doubt_heard" in roles)
    return frozenset(key for key in keys if len(key) >= FREE)


def _has_role(words: Sequence[str], role: str, lexicon: Lexicon) -> bool:
    """Return whether these words contain a phrase of the list `role` in clauses.toml."""
    sizes = range(1, _PHRASE + 1)
    phrases = (" ".join(words[at : at + size]) for at in range(len(words)) for size in sizes)
    return any(role in lexicon.roles.get(phrase, ()) for phrase in phrases)
