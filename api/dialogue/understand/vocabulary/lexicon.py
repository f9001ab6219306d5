"""What words mean, as data (`locales/*.toml`, the messages aside): loaded once, checked for collisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Any

from api.dialogue.understand.vocabulary.thesaurus import Thesaurus, thesaurus
from api.dialogue.understand.vocabulary.wordlists import forms, plural, read, roles, signs, values, wished, words
from api.errors import Invalid
from api.text.normalise import normalise

_SPEAKERS = {"ar": "ar", "darija": "ar", "arabizi": "ar", "fr": "fr", "zgh": "zgh", "rif": "zgh"}
_SETS = (
    "fillers", "weights", "doubts", "and", "until", "out_of", "units", "points", "heads", "asking", "reacted", "things",
    "ends_help", "ends_help_alone", "either", "erasing", "erasable", "not_me", "first_names",
    "articles", "when", "meeting", "blank", "everyday",
)  # fmt: skip
# In the order in which a word of two lists is taken for that of the second.
_WISHES = (
    "likely", "beside_stop", "ended", "weary", "wanting", "ours", "on_list", "lists", "removing", "plus", "ne", "not",
    "refusing", "to_me", "messages", "sending", "ceasing",
)  # fmt: skip

_TALKING = ("to_speak", "somebody", "speaking")


class Sureness(IntEnum):
    """How far a reading may be trusted: asked back, acted upon and repeated to the person, or simply acted upon."""

    LOW = 0
    MID = 1
    HIGH = 2


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word says. `language` is the catalog its speakers read; None where several share the word."""

    intent: str
    sureness: Sureness
    language: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """All words. Keys are normalised; a key of several words is a phrase."""

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
    stops: Mapping[str, Sureness]  # words of STOP, and how surely each says it
    signed: frozenset[str]
    wishes: Mapping[str, str]  # the other words of a wish to stop, and the list of grammar.toml each is in
    likely: frozenset[str]  # complaints that are likely a wish to stop
    signs: Mapping[str, str]
    reacted: frozenset[str]
    things: frozenset[str]
    ends_help: frozenset[str]  # said by an agent who answers for nobody any more
    ends_help_alone: frozenset[str]  # the same, where such an everyday word can mean nothing else
    either: frozenset[str]  # a yes that says "enough" too
    topics: Mapping[str, str]  # what is ours by name, and the intent that a number behind it has
    erasing: frozenset[str]  # verbs of erasing, beside the keywords
    erasable: frozenset[str]  # what of theirs somebody may want erased
    not_me: frozenset[str]  # stands before the name of whoever had the number
    first_names: frozenset[str]
    talking: Mapping[str, str]  # words of "I want to speak with somebody", and the list of grammar.toml each is in
    roles: Mapping[str, frozenset[str]]  # what tells parts of an answer apart, and its lists in clauses.toml
    requests: Mapping[str, frozenset[str]]  # what people ask of us, and its lists in requests.toml
    devices: tuple[str, ...]  # what phones write below a message, in small letters
    thesaurus: Thesaurus
    articles: frozenset[str]  # before a thing, and no name
    when: frozenset[str]  # asks for a time or a place
    meeting: frozenset[str]  # what such a question may be about
    blank: frozenset[str]  # said by whoever chooses nothing
    everyday: frozenset[str]  # stands around answers, and is no name of a choice
    longest: int  # words of the longest phrase
    by_length: Mapping[int, Sequence[tuple[str, str]]]  # keywords and their intents, by their number of letters

    def meaning(self, key: str) -> Meaning | None:
        """What a whole message, normalised, says by itself."""
        return self.meanings.get(key)


@cache
def load(folder: Path) -> Lexicon:
    """Read the files, once by a process. Raises Invalid where one key would mean two things."""
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
        signed=wished(grammar["signed"]),
        wishes={plural(normalise(word)): name for name in _WISHES for word in words(grammar[name])},
        likely=wished(grammar["likely"]),
        signs=signs(grammar["signs"]),
        topics=signs(grammar["topics"]),
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
    """The lists that the lexicon has under the names they have in grammar.toml."""
    return {each.name: sets[each.name] for each in fields(Lexicon) if each.name in sets and each.name != "fillers"}


def _longest(*lists: Iterable[str]) -> int:
    """Words of the longest phrase."""
    return max(phrase.count(" ") + 1 for phrases in lists for phrase in phrases)


def _meanings(listed: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, Meaning]:
    found: dict[str, Meaning] = {}
    for intent, levels in listed.items():
        for level, lists in levels.items():
            for speaker, listed_words in lists.items():
                if speaker == "source":
                    continue
                for word in (form for each in listed_words for form in forms(each)):
                    _add(found, normalise(word), Meaning(intent, Sureness[level.upper()], _SPEAKERS.get(speaker)))
    return found


def _add(found: dict[str, Meaning], key: str, meaning: Meaning) -> None:
    before = found.get(key)
    if not key:
        raise Invalid(f"a keyword of {meaning.intent} is empty once normalised")
    if before is None:
        found[key] = meaning
    elif (before.intent, before.sureness) != (meaning.intent, meaning.sureness):
        raise Invalid(f"the keyword {key!r} means both {before.intent} and {meaning.intent}")
    elif before.language != meaning.language:
        found[key] = Meaning(meaning.intent, meaning.sureness, None)


def _by_length(meanings: Mapping[str, Meaning]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {}
    for key, meaning in meanings.items():
        found.setdefault(len(key), []).append((key, meaning.intent))
    return found
