"""Who does something: for now a typed name. Real identities, with accounts, will take the place of `same`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated

import regex
from pydantic import AfterValidator, StringConstraints

from api.text.lookalikes import shape
from api.text.normalise import fold

LONGEST = 40  # letters of a name, as every table keeps it

# Names that the service itself writes into its records: nobody else acts under one of them.
CLOCK = "clock"  # what was due by itself
BUDGET, FUSE = "budget", "fuse"  # what paused a campaign: its budget, too many failures
VOTE = "vote"  # what chose a proposal
RESIDENT = "resident"  # who sent an idea in: no more than this is written beside a step
FIRST_START = "first start"  # what set a rule, if nobody of the staff did
SERVICE = "service"  # what it does as it starts
DEMO = "sawt demo"
OURS = (CLOCK, BUDGET, FUSE, VOTE, RESIDENT, FIRST_START, SERVICE, DEMO, "sawt", "demo")

_NO_LETTER = re.compile(r"[\W_]+")
# Controls, line ends, marks of direction, what stands for nothing, letters that each font draws otherwise; and what is
# seen by its neighbours alone: joiners where nothing is joined, marks without a letter or too many above one.
_HIDDEN = regex.compile(
    r"""[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u2800]
    | (?![\u200c\u200d]) [\p{Cf}\p{Default_Ignorable_Code_Point}]
    | (?<! \p{Joining_Type=Dual_Joining}\p{Mn}* | \p{Canonical_Combining_Class=Virama} ) [\u200c\u200d]
    | [\u200c\u200d] (?! \p{L} )
    | (?<! [\p{L}\p{M}\u200c\u200d] ) \p{M}
    | \p{M}{3}""",
    regex.VERBOSE,
)


def readable(name: str) -> str:
    """A name that a record can hold: it has letters, nothing in it hides, and it is not ours. Raises ValueError."""
    if _HIDDEN.search(name) or not shape_of(name):
        raise ValueError("a name is made of letters, all of which can be seen")
    if among(name, OURS):
        raise ValueError("the service itself acts under this name: take one of your own")
    return name


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST), AfterValidator(readable)
]


def same(one: str, other: str) -> bool:
    """Whether two names may be the same person: `Amina`, ` AMINA ` and `amína` are, and what looks like it.

    So is a name without letters.
    """
    first, second = shape_of(one), shape_of(other)
    return not first or not second or first == second


def among(name: str, others: Iterable[str]) -> bool:
    """Whether this name may be one of these people."""
    return any(same(name, each) for each in others)


def shape_of(name: str) -> str:
    """What names are compared by: those of one shape may be the same person; "" if it has no letter."""
    return shape(_NO_LETTER.sub("", fold(name)))
