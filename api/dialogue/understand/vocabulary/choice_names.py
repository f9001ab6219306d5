"""Everything a choice may be called: its names, words of the theme it is named after, and both as they sound.

A word that may mean two of the choices means none. Whatever is not a name to the letter is repeated to the person.
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

_PART = 4  # letters of a word that may stand for the whole name it is part of
NAMES = 24  # of a choice: its labels and the words that were added to it
_SWAPPED = 3  # letters of a word in which two may have changed places
_NEVER = frozenset(("ma", "ما", "l", "la", "el", "al", "de", "du", "un", "une"))


@dataclass(frozen=True, slots=True)
class Wide:
    """What each phrase means, None if two choices share it; and the sounds of single words."""

    phrases: Mapping[str, Mention | None]
    sounds: Mapping[str, tuple[tuple[Sound, str], ...]]
    own: frozenset[str]  # the names themselves
    close: frozenset[str]  # those of them in which letters may have changed places

    def meaning(self, phrase: str) -> Mention | None:
        """The choice that a normalised phrase names."""
        if phrase in _NEVER:
            return None
        for form in forms(phrase):
            if form in self.phrases:
                return self.phrases[form]
        return None if " " in phrase else self._heard(phrase) or self._swapped(phrase)

    def _heard(self, word: str) -> Mention | None:
        heard = sound(word)
        if len(heard.key) < FREE:
            return None
        keys = {key for known, key in self.sounds.get(heard.key, ()) if agree(heard, known)}
        return Mention(keys.pop(), Sureness.MID) if len(keys) == 1 else None

    def _swapped(self, word: str) -> Mention | None:
        if not _SWAPPED <= len(word) <= 2 * FREE**2:
            return None
        swapped = (word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1))
        found = {self.phrases[each] for each in swapped if each != word and each in self.close}
        only = found.pop() if len(found) == 1 else None
        return replace(only, sureness=Sureness.MID) if only is not None else None


@lru_cache(maxsize=512)
def wide(offers: tuple[Offer, ...], thesaurus: Thesaurus) -> Wide:
    """All that these choices may be called."""
    phrases: dict[str, Mention | None] = {phrase: found for phrase, found in names(offers).items() if len(phrase) > 1}
    own = frozenset(phrases)
    short = tuple(offer for offer in offers if len(offer.names) <= NAMES)
    close = frozenset(names(short))
    parts: dict[str, set[str]] = {}
    themed: dict[str, set[str]] = {}
    heard: dict[Sound, set[str]] = {}
    for offer in short:  # a province has the names of its towns too: these are known to the letter only
        themes = _themes(offer, thesaurus)
        spoken = {each for theme in themes for each in thesaurus.sounds[theme]}
        own_words = _by_parts(offer, parts)
        spoken |= _own_sounds(own_words, {each.key for each in spoken})
        for theme in themes:
            for word in thesaurus.words[theme]:
                themed.setdefault(word, set()).add(offer.key)
        for each in spoken:
            heard.setdefault(each, set()).add(offer.key)
    for found in (parts, themed):
        for word, keys in found.items():
            phrases.setdefault(word, Mention(next(iter(keys)), Sureness.MID) if len(keys) == 1 else None)
    return Wide(phrases, _by_key(heard), own, close & own)


def _by_parts(offer: Offer, parts: dict[str, set[str]]) -> list[str]:
    """Those words of a choice's names that are known by their sound; long ones are noted as parts of the names."""
    spelt = []
    for name in offer.names:
        said = bare(normalise(name.text)).split()
        for word in said:
            if len(said) > 1 and len(word) >= _PART and word.isalpha():
                parts.setdefault(word, set()).add(offer.key)
        spelt += said if name.language != "fr" else []
        _drop_e(name.text, offer.key, parts)
    return spelt


def _own_sounds(words: list[str], known: set[str]) -> set[Sound]:
    """How the words of its names sound; those without vowels only if the thesaurus has none that says the same."""
    spoken = {each for word in words if (each := sound(word)).key}
    return {each for each in spoken if each.key not in known or any(each.vowels)}


def _drop_e(text: str, key: str, parts: dict[str, set[str]]) -> None:
    """ "ecol", "rout": the e that nobody hears is left out."""
    for word in re.findall(r"[^\W\d_]{5,}", text.casefold()):
        mute = word.removesuffix("s")
        if mute.endswith("e"):
            parts.setdefault(normalise(mute[:-1]), set()).add(key)


def _themes(offer: Offer, thesaurus: Thesaurus) -> set[str]:
    """The themes a choice is named after: of each of its names the first that is known, or that of the whole name."""
    found: set[str] = set()
    for name in offer.names:
        if name.sureness is not Sureness.HIGH:
            continue  # a word that was added stands for itself, and brings no others
        whole = normalise(name.text)
        said = [whole, bare(whole), *(form for word in whole.split() for form in (word, bare(word)))]
        found |= next(
            (thesaurus.themes[word] for word in said if len(word) > 2 and word in thesaurus.themes), frozenset()
        )
    return found


def _by_key(heard: Mapping[Sound, set[str]]) -> dict[str, tuple[tuple[Sound, str], ...]]:
    found: dict[str, list[tuple[Sound, str]]] = {}
    for spoken, keys in heard.items():
        found.setdefault(spoken.key, []).extend((spoken, key) for key in keys)
    return {key: tuple(each) for key, each in found.items()}
