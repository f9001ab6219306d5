"""The lexicon: what words mean, loaded once from `locales/*.toml` (except the messages) and checked for collisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from api.dialogue.understand.vocabulary.thesaurus import Thesaurus, thesaurus
from api.dialogue.understand.vocabulary.wordlists import (
    WordList,
    forms,
    list_by_word,
    plural,
    read,
    roles,
    values,
    wish_words,
    words,
)
from api.errors import Invalid
from api.text.normalise import normalise

_SPEAKERS = {"ar": "ar", "darija": "ar", "arabizi": "ar", "fr": "fr", "zgh": "zgh", "rif": "zgh"}
_SETS = (
    "fillers", "weights", "doubts", "and", "until", "out_of", "units", "points", "heads", "asking", "reacted", "things",
    "ends_help", "ends_help_alone", "either", "erasing", "erasable", "not_me", "first_names",
    "articles", "when", "meeting", "blank", "everyday",
)  # fmt: skip
# If a word is in two lists, the later list counts.
_WISHES = (
    "likely", "beside_stop", "ended", "weary", "wanting", "ours", "on_list", "lists", "removing", "plus", "ne", "not",
    "refusing", "to_me", "messages", "sending", "ceasing",
)  # fmt: skip

_TALKING = ("to_speak", "somebody", "speaking")


class Sureness(IntEnum):
    """How sure a reading is: LOW must be confirmed; MID is acted on and repeated to the person; HIGH is acted on."""

    LOW = 0
    MID = 1
    HIGH = 2


class KnownWord(NamedTuple):
    """A word or phrase, and what it stands for: an intent, or the key of a choice."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """The meaning of a word: an intent, and how surely the word means it.

    `language` is the language of the people who use the word. If people of several languages do, it is None.
    """

    intent: str
    sureness: Sureness
    language: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """All lists of words, normalised. A key that consists of several words is a phrase."""

    meanings: Mapping[str, Meaning]
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    fillers: frozenset[str]
    weights: frozenset[str]
    doubts: frozenset[str]
    ands: frozenset[str]
    until: frozenset[str]
    out_of: frozenset[str]
    units: frozenset[str]
    points: frozenset[str]
    heads: frozenset[str]
    asking: frozenset[str]
    stops: Mapping[str, Sureness]  # words for STOP, and how surely each means it
    signed: frozenset[str]
    wishes: Mapping[str, str]  # other words of a wish to stop, and the list of grammar.toml each is in
    likely: frozenset[str]  # complaints that are likely a wish to stop
    signs: Mapping[str, str]
    reacted: frozenset[str]
    things: frozenset[str]
    ends_help: frozenset[str]  # ends an agent's session of answering for somebody
    ends_help_alone: frozenset[str]  # everyday words that also end it, except if a free text is expected
    either: frozenset[str]  # a yes that also means "enough"
    topics: Mapping[str, str]  # names of topics, and the intent of each if a number follows
    erasing: frozenset[str]  # verbs of erasing that are not keywords
    erasable: frozenset[str]  # things that somebody may want erased
    not_me: frozenset[str]  # "I am not": comes before the name of the number's former owner
    first_names: frozenset[str]
    talking: Mapping[str, str]  # words of "I want to speak with somebody", and the list of grammar.toml each is in
    roles: Mapping[str, frozenset[str]]  # phrases that structure an answer, and their lists in clauses.toml
    requests: Mapping[str, frozenset[str]]  # phrases of requests, and their lists in requests.toml
    devices: tuple[str, ...]  # lines that phones add below a message, in lower case
    thesaurus: Thesaurus
    articles: frozenset[str]  # come before a thing, never before a person's name
    when: frozenset[str]  # words that ask for a time or a place
    meeting: frozenset[str]  # words for a meeting
    blank: frozenset[str]  # words for choosing nothing
    everyday: frozenset[str]  # words around answers that name no choice
    longest: int  # number of words of the longest phrase
    by_length: Mapping[int, Sequence[KnownWord]]  # keywords with their intents, by their number of letters

    def meaning(self, key: str) -> Meaning | None:
        """Return the meaning of a whole normalised message; None if it is not a keyword."""
        return self.meanings.get(key)


@cache
def load(folder: Path) -> Lexicon:
    """Load the lexicon from a folder, once per process. Raises Invalid if a word would mean two things."""
    meanings = _meanings(read(folder / "keywords.toml"))
    grammar, clauses = read(folder / "grammar.toml"), read(folder / "clauses.toml")
    sets = {name: frozenset(normalise(word) for word in words(grammar[name])) for name in _SETS}
    numbers, ordinals = values(grammar["numbers"]), values(grammar["ordinals"])
    return Lexicon(
        meanings=meanings,
        numbers=numbers,
        ordinals=ordinals,
        fillers=sets["fillers"] | {f"{word}s" for word in sets["fillers"] if len(word) > 3},
        ands=sets["and"],
        stops={plural(key): each.sureness for key, each in meanings.items() if each.intent == "stop"},
        signed=wish_words(grammar["signed"]),
        wishes={plural(normalise(word)): name for name in _WISHES for word in words(grammar[name])},
        likely=wish_words(grammar["likely"]),
        signs=list_by_word(grammar["signs"]),
        topics=list_by_word(grammar["topics"]),
        talking={normalise(word): name for name in _TALKING for word in words(grammar[name])},
        roles=roles(clauses),
        requests=roles(read(folder / "requests.toml")),
        devices=tuple(word.casefold() for word in words(clauses["device"])),
        thesaurus=thesaurus(read(folder / "thesaurus.toml")),
        longest=_longest(meanings, numbers, ordinals, sets["fillers"], sets["doubts"], sets["units"]),
        by_length=_by_length(meanings),
        **_named(sets),
    )


def _named(sets: Mapping[str, frozenset[str]]) -> dict[str, Any]:
    """Return the lists of grammar.toml that the lexicon keeps under the same name."""
    return {each.name: sets[each.name] for each in fields(Lexicon) if each.name in sets and each.name != "fillers"}


def _longest(*lists: Iterable[str]) -> int:
    """Return the number of words in the longest phrase of these lists."""
    return max(phrase.count(" ") + 1 for phrases in lists for phrase in phrases)


def _meanings(listed: Mapping[str, Mapping[str, WordList]]) -> dict[str, Meaning]:
    meanings: dict[str, Meaning] = {}
    for intent, levels in listed.items():
        for level, lists in levels.items():
            for speaker, listed_words in lists.items():
                if speaker == "source":
                    continue
                for word in (form for each in listed_words for form in forms(each)):
                    _add(meanings, normalise(word), Meaning(intent, Sureness[level.upper()], _SPEAKERS.get(speaker)))
    return meanings


def _add(meanings: dict[str, Meaning], key: str, meaning: Meaning) -> None:
    known = meanings.get(key)
    if not key:
        raise Invalid(f"a keyword of {meaning.intent} is empty once normalised")
    if known is None:
        meanings[key] = meaning
    elif (known.intent, known.sureness) != (meaning.intent, meaning.sureness):
        raise Invalid(f"the keyword {key!r} means both {known.intent} and {meaning.intent}")
    elif known.language != meaning.language:
        meanings[key] = Meaning(meaning.intent, meaning.sureness, None)


def _by_length(meanings: Mapping[str, Meaning]) -> dict[int, list[KnownWord]]:
    by_length: dict[int, list[KnownWord]] = {}
    for key, meaning in meanings.items():
        by_length.setdefault(len(key), []).append(KnownWord(key, meaning.intent))
    return by_length
