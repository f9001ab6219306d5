"""A piece of an answer, and whether its choices are things ("l'eau") rather than yes or no, or places. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.dialogue.understand.expected import Expected, Reads
from api.dialogue.understand.vocabulary.choice_names import NAMES
from api.dialogue.understand.vocabulary.lexicon import Sureness


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of an answer.

    `kind` is "name", "place" (a position), "ordinal", "polar" (yes or no), a list of clauses.toml, "doubt", "spoils",
    "fill", "and", "break", "person" (the name of a person or a place), or "" for an unknown word.
    """

    kind: str
    words: str = ""
    key: str = ""
    sureness: Sureness = Sureness.MID
    number: int = 0  # the position, of a place or an ordinal

    @property
    def chooses(self) -> bool:
        """Whether it names a choice."""
        return self.kind in ("name", "place", "ordinal", "polar")


BREAK = Item("break")


def speaks_of_things(expected: Expected) -> bool:
    """Whether the choices are things, not yes or no or the places where people live."""
    reads = expected.reads in (Reads.ONE, Reads.MANY) and not expected.yes_no
    return reads and all(len(offer.names) <= NAMES for offer in expected.listed)


def segments(items: Sequence[Item]) -> list[list[Item]]:
    """The items between breaks, without empty segments."""
    parts: list[list[Item]] = [[]]
    for item in items:
        if item.kind == "break":
            parts.append([])
        else:
            parts[-1].append(item)
    return [segment for segment in parts if segment]
