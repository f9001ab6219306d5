"""Reading lists of words: the languages of a list together, number words, and words that are in several lists."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from api.errors import Invalid
from api.text.normalise import normalise

LAST = -1  # the ordinal "last"; "last but one" is -2
_FROM_THE_END = {"last": LAST, "before_last": -2}


def plural(phrase: str) -> str:
    """A phrase with the plural of Arabic verbs in one spelling: many leave out the last letter of "وا"."""
    return " ".join(word.removesuffix("ا") if word.endswith("وا") else word for word in phrase.split(" "))


def read(path: Path) -> dict[str, Any]:
    """A file of words, parsed."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def roles(listed: Mapping[str, Mapping[str, Any]]) -> dict[str, frozenset[str]]:
    """The words of clauses.toml, and the lists that each is in."""
    found: dict[str, frozenset[str]] = {}
    for role, lists in listed.items():
        for word in map(normalise, words(lists)):
            found[word] = found.get(word, frozenset()) | {role}
    return found


def values(listed: Mapping[str, Any]) -> dict[str, int]:
    """Number words and what they stand for. Raises Invalid where one has two values."""
    found: dict[str, int] = {}
    for value, words in listed.items():
        if value == "source":
            continue
        number = _FROM_THE_END[value] if value in _FROM_THE_END else int(value)
        for word in words:
            if found.setdefault(normalise(word), number) != number:
                raise Invalid(f"the number word {word!r} has two values")
    return found


def signs(listed: Mapping[str, Any]) -> dict[str, str]:
    """Words, and the name of the list that each is in."""
    return {normalise(word): sign for sign, words in listed.items() if sign != "source" for word in words}


def wished(lists: Mapping[str, Any]) -> frozenset[str]:
    """The words of a wish to stop, normalised, with plurals in one spelling."""
    return frozenset(plural(normalise(word)) for word in words(lists))


def words(lists: Mapping[str, Any]) -> Iterable[str]:
    """All words of a list, of whatever language, in all their forms."""
    listed = (word for speaker, words in lists.items() if speaker != "source" for word in words)
    return (form for word in listed for form in forms(word))


def forms(word: str) -> list[str]:
    """All forms that an entry stands for: "{s,}bedd{at,em}" for four of a verb."""
    head, brace, rest = word.partition("{")
    if not brace:
        return [word]
    endings, _, tail = rest.partition("}")
    return [f"{head}{each}{more}" for each in endings.split(",") for more in forms(tail)]
