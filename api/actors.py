"""Who does something: for now a typed name. Real identities, with accounts, will take the place of `same`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from api.normalise import fold

_NO_LETTER = re.compile(r"[\W_]+")


def same(one: str, other: str) -> bool:
    """Whether two names may be the same person: `Amina`, ` AMINA ` and `amína` are; so is a name without letters."""
    first, second = _bare(one), _bare(other)
    return not first or not second or first == second


def among(name: str, others: Iterable[str]) -> bool:
    """Whether this name may be one of these people."""
    return any(same(name, each) for each in others)


def _bare(name: str) -> str:
    return _NO_LETTER.sub("", fold(name))
