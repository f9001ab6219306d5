"""Read the files of word lists: the words of all languages together, number words, and which lists a word is in."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from api.errors import Invalid
from api.text.normalise import normalise

WordList = Mapping[str, Any]  # the words of a list by speaker, and its "source"

LAST = -1  # the ordinal "last"; "last but one" is -2
_FROM_THE_END = {"last": LAST, "before_last": -2}


def plural(phrase: str) -> str:
    """Drop the final "ا" of Arabic plural verbs in "وا", which many people omit."""
    return " ".join(word.removesuffix("ا") if word.endswith("وا") else word for word in phrase.split(" "))


def read(path: Path) -> dict[str, Any]:
    """Parse a TOML file of word lists."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def roles(listed: Mapping[str, WordList]) -> dict[str, frozenset[str]]:
    """Return the words of a file, each with the names of the lists it is in."""
    lists_of: dict[str, frozenset[str]] = {}
    for role, lists in listed.items():
        for word in map(normalise, words(lists)):
            lists_of[word] = lists_of.get(word, frozenset()) | {role}
    return lists_of


def values(listed: WordList) -> dict[str, int]:
    """Return number words with their values. Raises Invalid if a word has two values."""
    numbers: dict[str, int] = {}
    for value, words in listed.items():
        if value == "source":
            continue
        number = _FROM_THE_END[value] if value in _FROM_THE_END else int(value)
        for word in words:
            if numbers.setdefault(normalise(word), number) != number:
                raise Invalid(f"the number word {word!r} has two values")
    return numbers


def list_by_word(listed: WordList) -> dict[str, str]:
    """Return the words of a table, each with the name of the list it is in."""
    return {normalise(word): sign for sign, words in listed.items() if sign != "source" for word in words}


def wish_words(lists: WordList) -> frozenset[str]:
    """Return the words of a list about wanting to stop, normalised, with Arabic plurals in one spelling."""
    return frozenset(plural(normalise(word)) for word in words(lists))


def words(lists: WordList) -> Iterable[str]:
    """Return all words of a list, in every language and in all their forms."""
    listed = (word for speaker, words in lists.items() if speaker != "source" for word in words)
    return (form for word in listed for form in forms(word))


def forms(word: str) -> list[str]:
    """Return all forms that an entry stands for: "{s,}bedd{at,em}" stands for four forms of a verb."""
    head, brace, rest = word.partition("{")
    if not brace:
        return [word]
    endings, _, tail = rest.partition("}")
    return [f"{head}{ending}{suffix}" for ending in endings.split(",") for suffix in forms(tail)]
