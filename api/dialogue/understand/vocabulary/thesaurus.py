"""The thesaurus: the themes that councils ask about, and what people call them (`locales/thesaurus.toml`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from api.dialogue.understand.vocabulary.phonetics import Sound, sound
from api.dialogue.understand.vocabulary.wordlists import WordList
from api.text.normalise import normalise

_FLAT = ("ar", "arabizi", "fr", "zgh", "rif", "es", "en")
_BY_SOUND = ("ar", "arabizi", "zgh", "rif")  # lists of words without a fixed spelling


@dataclass(frozen=True, slots=True, eq=False)
class Thesaurus:
    """The normalised words and the sounds of each theme, the themes of each word, and a word for each emoji."""

    words: Mapping[str, frozenset[str]]
    sounds: Mapping[str, frozenset[Sound]]
    themes: Mapping[str, frozenset[str]]
    signs: Mapping[str, str]  # emoji, and a word of the same meaning


def thesaurus(listed: Mapping[str, WordList]) -> Thesaurus:
    """Build the thesaurus from the parsed file."""
    words = {theme: frozenset(filter(None, map(normalise, _all(lists)))) for theme, lists in listed.items()}
    sounds = {theme: frozenset(_sounds(lists)) for theme, lists in listed.items()}
    themes: dict[str, frozenset[str]] = {}
    for theme, known in words.items():
        for word in known:
            themes[word] = themes.get(word, frozenset()) | {theme}
    signs = {sign: lists["fr"][0] for lists in listed.values() for sign in lists.get("signs", ())}
    return Thesaurus(words, sounds, themes, signs)


def _all(lists: WordList) -> Iterator[str]:
    for speaker in _FLAT:
        yield from lists.get(speaker, ())
    for pair in lists["darija"]:
        yield from pair


def _sounds(lists: WordList) -> Iterator[Sound]:
    """Yield the sounds of the single words of a theme."""
    # of an Arabic and a Latin spelling, the Latin one shows the vowels
    unpaired = [word for speaker in _BY_SOUND for word in lists.get(speaker, ())]
    paired = [*_heard(latin for _, latin in lists["darija"])]
    keys = {word_sound.key for word_sound in paired}
    yield from paired
    yield from (word_sound for word_sound in _heard(unpaired) if word_sound.key not in keys or any(word_sound.vowels))


def _heard(words: Iterable[str]) -> Iterator[Sound]:
    for word in map(normalise, words):
        if " " not in word and (word_sound := sound(word)).key:
            yield word_sound
