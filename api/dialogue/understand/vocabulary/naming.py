"""Find the names of choices, as written and as people shorten them, and split texts into words. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from api.dialogue.understand.expected import Offer
from api.dialogue.understand.vocabulary import reading_cache
from api.dialogue.understand.vocabulary.lexicon import Sureness
from api.dialogue.understand.vocabulary.reading_cache import forgettable
from api.text.normalise import fold, key, normalise

_LEFT_OUT = frozenset(("le", "la", "les", "l", "un", "une", "des", "du", "de", "d", "al", "el", "et", "و"))
SQUEEZED = 7  # minimum letters in a name that may be written without its spaces
_JOINED = re.compile(r"(?<=\d)(?:و|et|w|d)(?=\d)")  # "1و3", "1et3"
_AND_BEFORE = re.compile(r"\bو(?=\d)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A choice that a text mentions by its name, by its position, or as yes or no."""

    key: str
    sureness: Sureness = Sureness.HIGH
    language: str | None = None
    place: bool = False
    article: bool = False  # "une", "واحد": the first one, or an article before a name
    ordinal: bool = False  # "le premier": a position, or the rank of the next choice


def words(folded: str) -> list[str]:
    """Return the words of a folded text. An "and" glued to a number becomes a separate word ("1و3")."""
    folded = _AND_BEFORE.sub("و ", _JOINED.sub(r" \g<0> ", folded))
    return key(folded).split()


@forgettable
@lru_cache(maxsize=8192)
def bare(phrase: str) -> str:
    """Return a phrase without what people often omit: articles, "and" between words, the s of a French plural."""
    parts = phrase.split()
    core = [part for part in parts if part not in _LEFT_OUT] or parts
    return " ".join(_bare_word(part) for part in core)


def forget() -> None:
    """Forget every text that was read, so that nobody's words stay in memory after the answer."""
    normalise.cache_clear()
    fold.cache_clear()
    reading_cache.forget()


def _bare_word(word: str) -> str:
    for prefix in ("وال", "ال"):
        if word.startswith(prefix) and len(word) > len(prefix) + 1:
            return word[len(prefix) :]
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


@lru_cache(maxsize=512)
def names(offers: tuple[Offer, ...]) -> Mapping[str, Mention | None]:
    """Map each name of the choices, in all its forms, to the choice it means.

    If two choices share a name, it maps to None.
    """
    mentions: dict[str, Mention | None] = {}
    for offer in offers:
        for name in offer.names:
            for phrase in _forms(normalise(name.text), name.language):
                mentions[phrase] = _merged(
                    phrase in mentions, mentions.get(phrase), Mention(offer.key, name.sureness, name.language)
                )
    mentions.pop("", None)
    return mentions


def _forms(name: str, language: str | None) -> set[str]:
    """Return the forms of a name under which it is found."""
    # as one word ("chefchaouen")
    joined = {name.replace(" ", "")} if len(name) >= SQUEEZED else set()
    # the annexed state of Tamazight
    annexed = {f"w{name}", f"u{name[1:]}"} if language == "zgh" and name.startswith("a") and len(name) > 3 else set()
    return {name, bare(name)} | joined | annexed


def _merged(known: bool, before: Mention | None, mention: Mention) -> Mention | None:
    """Return what a name means once the meaning `mention` is added."""
    if not known:
        return mention
    if before is None or before.key != mention.key:
        # a name of two choices means neither
        return None
    surer = max(before, mention, key=lambda each: each.sureness)
    return surer if before.language == mention.language else replace(surer, language=None)
