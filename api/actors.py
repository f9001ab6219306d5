"""Who does something: for now a typed name. Real identities, with accounts, will take the place of `same`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from api.text.lookalikes import shape
from api.text.normalise import fold

LONGEST = 40  # letters of a name, as every table keeps it
_NO_LETTER = re.compile(r"[\W_]+")
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # controls, marks of direction, line ends
_JOINERS = "\u200c\u200d"  # they shape letters


def readable(name: str) -> str:
    """A name that a record can hold: it has letters, and nothing in it hides. Raises ValueError."""
    hidden = any(unicodedata.category(letter) in _UNSEEN and letter not in _JOINERS for letter in name)
    if hidden or not _bare(name):
        raise ValueError("a name is made of letters, all of which can be seen")
    return name


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST), AfterValidator(readable)
]


def same(one: str, other: str) -> bool:
    """Whether two names may be the same person: `Amina`, ` AMINA ` and `amína` are, and what looks like it.

    So is a name without letters.
    """
    first, second = _bare(one), _bare(other)
    return not first or not second or first == second


def among(name: str, others: Iterable[str]) -> bool:
    """Whether this name may be one of these people."""
    return any(same(name, each) for each in others)


def _bare(name: str) -> str:
    return shape(_NO_LETTER.sub("", fold(name)))
