"""List the words that people write around answers. Words that name a thing are left out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from api.dialogue.understand.vocabulary.lexicon import Lexicon
from api.dialogue.understand.vocabulary.phonetics import FREE, Sound, agree, sound

_NAMING = frozenset(("worn", "settled", "beside", "things"))  # lists of clauses.toml whose words name something
_TURNING = frozenset(("not", "except", "than", "against", "takes_out", "rest", "fix", "turned", "as_shown"))
_WISHING = frozenset(("hedge", "prefers"))
_TURNING_WISHES = frozenset(("not", "ne", "refusing"))


@lru_cache(maxsize=4)
def surrounding_words(lexicon: Lexicon) -> frozenset[str]:
    """Return the words and phrases that people write around answers, without the words of any theme.

    Each word of a phrase is also listed by itself.
    """
    phrases = {
        *lexicon.fillers, *lexicon.ands, *lexicon.doubts, *lexicon.weights, *lexicon.units, *lexicon.points,
        *lexicon.articles, *lexicon.heads, *lexicon.asking, *lexicon.when, *lexicon.until, *lexicon.out_of,
        *lexicon.either, *lexicon.not_me, *lexicon.reacted, *lexicon.likely, *lexicon.blank, *lexicon.everyday,
        *(phrase for phrase, roles in lexicon.roles.items() if roles - _NAMING), *lexicon.meanings,
    }  # fmt: skip
    more_phrases = {*lexicon.wishes, *lexicon.talking, *lexicon.requests, *lexicon.signed}
    single_words = {word for phrase in phrases for word in phrase.split()}
    return frozenset({*phrases, *more_phrases, *single_words} - {*lexicon.thesaurus.themes})


@lru_cache(maxsize=4)
def opinion_words(lexicon: Lexicon) -> frozenset[str]:
    """Return the words that say what somebody wants or thinks. They are also compared by sound.

    Words in Arabic script for hedging and preferring are left out. Some of them sound like a place with "in" glued to
    it ("فالزنقة").
    """
    hedges = {phrase for phrase, roles in lexicon.roles.items() if roles & _WISHING and phrase.isascii()}
    return frozenset({*hedges, *lexicon.fillers, *lexicon.everyday} - {*lexicon.thesaurus.themes})


@lru_cache(maxsize=4)
def reversing_words(lexicon: Lexicon) -> frozenset[str]:
    """Return the words that reverse an answer or choose nothing: negations, exceptions, words for a blank vote."""
    roles = {phrase for phrase, roles in lexicon.roles.items() if roles & _TURNING}
    wishes = {phrase for phrase, name in lexicon.wishes.items() if name in _TURNING_WISHES}
    polar = {phrase for phrase, meaning in lexicon.meanings.items() if meaning.intent in ("yes", "no", "stop", "skip")}
    turning_words = {*lexicon.doubts, *lexicon.blank, *roles, *wishes, *polar}
    return frozenset(turning_words - lexicon.articles - {*lexicon.thesaurus.themes})


def sounds_like(word: str, known: Mapping[str, Sequence[Sound]]) -> bool:
    """Return whether a single word sounds like one of the known words.

    If both words are short, they must agree on ending in a vowel or not.
    """
    word_sound = sound(word)
    return len(word_sound.key) >= FREE and any(
        agree(word_sound, each) and (len(each.key) > FREE or bool(each.vowels[-1]) == bool(word_sound.vowels[-1]))
        for each in known.get(word_sound.key, ())
    )


@lru_cache(maxsize=8)
def sound_index(words: frozenset[str]) -> Mapping[str, Sequence[Sound]]:
    """Return the sounds of the single words, grouped by their consonants. Phrases are left out."""
    return _by_key(sound(word) for word in words if " " not in word and not word.isdecimal())


def _by_key(sounds: Iterable[Sound]) -> dict[str, list[Sound]]:
    by_key: dict[str, list[Sound]] = {}
    for word_sound in sounds:
        if len(word_sound.key) >= FREE:
            by_key.setdefault(word_sound.key, []).append(word_sound)
    return by_key
