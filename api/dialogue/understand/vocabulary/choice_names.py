"""Collect everything a choice may be called: its names, words of the same theme, and the sounds of both.

A word that may mean two choices means neither. Only exact names are HIGH; other matches are repeated to the person.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from api.dialogue.understand.expected import Offer
from api.dialogue.understand.vocabulary.lexicon import Sureness
from api.dialogue.understand.vocabulary.naming import Mention, bare, names
from api.dialogue.understand.vocabulary.phonetics import FREE, Sound, agree, sound
from api.dialogue.understand.vocabulary.spellings import forms
from api.dialogue.understand.vocabulary.thesaurus import Thesaurus
from api.text.normalise import normalise

_PART = 4  # minimum letters in a word that may mean the whole name
NAMES = 24  # maximum names of a choice: its labels and assigned words
_SWAPPED = 3  # minimum letters in a word in which two letters may be swapped
_NEVER = frozenset(("ma", "ما", "l", "la", "el", "al", "de", "du", "un", "une"))


@dataclass(frozen=True, slots=True)
class ChoiceVocabulary:
    """The phrases and sounds that mean the choices of one question.

    `phrases` maps each phrase to the choice it means. If two choices share a phrase, it maps to None. `sounds` has only
    single words.
    """

    phrases: Mapping[str, Mention | None]
    sounds: Mapping[str, tuple[tuple[Sound, str], ...]]
    own: frozenset[str]  # the exact names
    close: frozenset[str]  # exact names in which two letters may be swapped

    def meaning(self, phrase: str) -> Mention | None:
        """Return the choice that a normalised phrase names; None if it names none or several."""
        if phrase in _NEVER:
            return None
        for form in forms(phrase):
            if form in self.phrases:
                return self.phrases[form]
        return None if " " in phrase else self._by_sound(phrase) or self._by_swapped_letters(phrase)

    def _by_sound(self, word: str) -> Mention | None:
        word_sound = sound(word)
        if len(word_sound.key) < FREE:
            return None
        keys = {key for known, key in self.sounds.get(word_sound.key, ()) if agree(word_sound, known)}
        return Mention(keys.pop(), Sureness.MID) if len(keys) == 1 else None

    def _by_swapped_letters(self, word: str) -> Mention | None:
        if not _SWAPPED <= len(word) <= 2 * FREE**2:
            return None
        candidates = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
        mentions = {self.phrases[each] for each in candidates if each != word and each in self.close}
        only = mentions.pop() if len(mentions) == 1 else None
        return replace(only, sureness=Sureness.MID) if only is not None else None


@lru_cache(maxsize=512)
def choice_vocabulary(offers: tuple[Offer, ...], thesaurus: Thesaurus) -> ChoiceVocabulary:
    """Return all phrases and sounds that may mean one of these choices."""
    phrases: dict[str, Mention | None] = {text: mention for text, mention in names(offers).items() if len(text) > 1}
    own = frozenset(phrases)
    comparable = tuple(offer for offer in offers if len(offer.names) <= NAMES)
    close = frozenset(names(comparable))
    parts: dict[str, set[str]] = {}
    themed: dict[str, set[str]] = {}
    sounds: dict[Sound, set[str]] = {}
    for offer in comparable:  # provinces, which also have the names of towns, match only exactly
        themes = _themes(offer, thesaurus)
        theme_sounds = {word_sound for theme in themes for word_sound in thesaurus.sounds[theme]}
        own_words = _add_parts(offer, parts)
        theme_sounds |= _own_sounds(own_words, {word_sound.key for word_sound in theme_sounds})
        for theme in themes:
            for word in thesaurus.words[theme]:
                themed.setdefault(word, set()).add(offer.key)
        for word_sound in theme_sounds:
            sounds.setdefault(word_sound, set()).add(offer.key)
    for words in (parts, themed):
        for word, keys in words.items():
            phrases.setdefault(word, Mention(next(iter(keys)), Sureness.MID) if len(keys) == 1 else None)
    return ChoiceVocabulary(phrases, _by_key(sounds), own, close & own)


def _add_parts(offer: Offer, parts: dict[str, set[str]]) -> list[str]:
    """Add the long words of a choice's names to `parts`, and return the words compared by sound."""
    heard_words = []
    for name in offer.names:
        words = bare(normalise(name.text)).split()
        for word in words:
            if len(words) > 1 and len(word) >= _PART and word.isalpha():
                parts.setdefault(word, set()).add(offer.key)
        heard_words += words if name.language != "fr" else []
        _add_without_e(name.text, offer.key, parts)
    return heard_words


def _own_sounds(words: list[str], known: set[str]) -> set[Sound]:
    """Return the sounds of the words of a name, except vague ones."""
    sounds = {word_sound for word in words if (word_sound := sound(word)).key}
    # vague: no vowels, and consonants that the thesaurus has too
    return {word_sound for word_sound in sounds if word_sound.key not in known or any(word_sound.vowels)}


def _add_without_e(text: str, key: str, parts: dict[str, set[str]]) -> None:
    """Add the words of a name without their silent final e ("ecol", "rout") to `parts`."""
    for word in re.findall(r"[^\W\d_]{5,}", text.casefold()):
        singular = word.removesuffix("s")
        if singular.endswith("e"):
            parts.setdefault(normalise(singular[:-1]), set()).add(key)


def _themes(offer: Offer, thesaurus: Thesaurus) -> set[str]:
    """Return the themes that a choice is named after."""
    themes: set[str] = set()
    for name in offer.names:
        if name.sureness is not Sureness.HIGH:
            continue  # an assigned word stands for no theme
        whole = normalise(name.text)
        # the whole name first, then its words in order
        candidates = [whole, bare(whole), *(form for word in whole.split() for form in (word, bare(word)))]
        themes |= next(
            (thesaurus.themes[word] for word in candidates if len(word) > 2 and word in thesaurus.themes), frozenset()
        )
    return themes


def _by_key(sounds: Mapping[Sound, set[str]]) -> dict[str, tuple[tuple[Sound, str], ...]]:
    by_key: dict[str, list[tuple[Sound, str]]] = {}
    for word_sound, keys in sounds.items():
        by_key.setdefault(word_sound.key, []).extend((word_sound, key) for key in keys)
    return {key: tuple(pairs) for key, pairs in by_key.items()}
