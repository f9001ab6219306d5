"""The pieces of an answer (items), and whether the choices are things ("l'eau") or not (yes and no, places). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.dialogue.understand.expected import Expected, Reads
from api.dialogue.understand.vocabulary.choice_names import NAMES
from api.dialogue.understand.vocabulary.lexicon import Sureness


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of an answer. `kind` says what it is.

    The kinds are "name", "place" (a position in the list), "ordinal", "polar" (yes or no), "doubt", "spoils", "fill",
    "and", "break", "person" (the name of a person, a town or a province), and the names of the lists in clauses.toml.
    An unknown word has the kind "".
    """

    kind: str
    words: str = ""
    key: str = ""
    sureness: Sureness = Sureness.MID
    number: int = 0  # the position that a "place" or an "ordinal" names

    @property
    def chooses(self) -> bool:
        """Whether the piece names a choice."""
        return self.kind in ("name", "place", "ordinal", "polar")


BREAK = Item("break")


def speaks_of_things(expected: Expected) -> bool:
    """Return whether the choices are things, rather than yes and no or the places where people live."""
    reads = expected.reads in (Reads.ONE, Reads.MANY) and not expected.yes_no
    return reads and all(len(offer.names) <= NAMES for offer in expected.listed)


def segments(items: Sequence[Item]) -> list[list[Item]]:
    """Return the items in groups, cut at the breaks. Empty groups are left out."""
    parts: list[list[Item]] = [[]]
    for item in items:
        if item.kind == "break":
            parts.append([])
        else:
            parts[-1].append(item)
    return [segment for segment in parts if segment]
