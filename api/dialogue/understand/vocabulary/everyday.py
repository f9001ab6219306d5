"""Words that people write around answers: all that the lists know as something else than a thing. Pure."""

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
def around(lexicon: Lexicon) -> frozenset[str]:
    """These words and phrases, and each word of a phrase, but for what a theme is known by."""
    phrases = {
        *lexicon.fillers, *lexicon.ands, *lexicon.doubts, *lexicon.weights, *lexicon.units, *lexicon.points,
        *lexicon.articles, *lexicon.heads, *lexicon.asking, *lexicon.when, *lexicon.until, *lexicon.out_of,
        *lexicon.either, *lexicon.not_me, *lexicon.reacted, *lexicon.likely, *lexicon.blank, *lexicon.everyday,
        *(phrase for phrase, roles in lexicon.roles.items() if roles - _NAMING), *lexicon.meanings,
    }  # fmt: skip
    told = {*lexicon.wishes, *lexicon.talking, *lexicon.requests, *lexicon.signed}
    split = {word for phrase in phrases for word in phrase.split()}
    return frozenset({*phrases, *told, *split} - {*lexicon.thesaurus.themes})


@lru_cache(maxsize=4)
def wishing(lexicon: Lexicon) -> frozenset[str]:
    """Those of them that say what somebody wants or thinks: they are known by their sound, too.

    In Arabic some of these lists hold a place with "in" glued to it ("فالزنقة"), whose sound is that of the place.
    """
    hedges = {phrase for phrase, roles in lexicon.roles.items() if roles & _WISHING and phrase.isascii()}
    return frozenset({*hedges, *lexicon.fillers, *lexicon.everyday} - {*lexicon.thesaurus.themes})


@lru_cache(maxsize=4)
def turning(lexicon: Lexicon) -> frozenset[str]:
    """Words that turn an answer around, or choose nothing: negations, exceptions, and those of a blank vote."""
    roles = {phrase for phrase, roles in lexicon.roles.items() if roles & _TURNING}
    wishes = {phrase for phrase, name in lexicon.wishes.items() if name in _TURNING_WISHES}
    polar = {phrase for phrase, each in lexicon.meanings.items() if each.intent in ("yes", "no", "stop", "skip")}
    every = {*lexicon.doubts, *lexicon.blank, *roles, *wishes, *polar}
    return frozenset(every - lexicon.articles - {*lexicon.thesaurus.themes})


def sounds_like(word: str, known: Mapping[str, Sequence[Sound]]) -> bool:
    """Whether a single word sounds like one of these; a short one ends in a vowel where the other does, too."""
    heard = sound(word)
    return len(heard.key) >= FREE and any(
        agree(heard, each) and (len(each.key) > FREE or bool(each.vowels[-1]) == bool(heard.vowels[-1]))
        for each in known.get(heard.key, ())
    )


@lru_cache(maxsize=8)
def sounds_of(words: frozenset[str]) -> Mapping[str, Sequence[Sound]]:
    """The sounds of the single words among these, by their consonants."""
    return _by_key(sound(word) for word in words if " " not in word and not word.isdecimal())


def _by_key(heard: Iterable[Sound]) -> dict[str, list[Sound]]:
    found: dict[str, list[Sound]] = {}
    for each in heard:
        if len(each.key) >= FREE:
            found.setdefault(each.key, []).append(each)
    return found
