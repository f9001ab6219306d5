"""The names under which people and the service act, as recorded with each action."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import regex
from pydantic import AfterValidator, StringConstraints

from api.text.lookalikes import shape
from api.text.normalise import fold

LONGEST = 40  # characters of a name, as in every table

# Names under which the service itself acts. No person may use them.
CLOCK = "clock"  # the scheduler did what was due
BUDGET, FUSE = "budget", "fuse"  # why a campaign was paused: its budget is spent, or too many messages failed
VOTE = "vote"  # a vote chose a proposal
RESIDENT = "resident"  # a resident sent an idea; nothing more is recorded about them
FIRST_START = "first start"  # a rule was taken from the settings
SERVICE = "service"  # done while the service starts
DEMO = "sawt demo"
RESERVED = (CLOCK, BUDGET, FUSE, VOTE, RESIDENT, FIRST_START, SERVICE, DEMO, "sawt", "demo")

_NO_LETTER = re.compile(r"[\W_]+")
# Invisible or ambiguous characters: controls, line ends, direction marks, blanks, private or unassigned letters. Also
# joiners that join nothing, marks without a letter, and more than two marks on one letter.
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
    """Return the name. Raises ValueError if it has no visible letters or is reserved for the service."""
    if _HIDDEN.search(name) or not shape_of(name):
        raise ValueError("a name can contain only visible characters")
    if among(name, RESERVED):
        raise ValueError("this name is reserved for the service: choose another name")
    return name


Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST), AfterValidator(readable)
]


@dataclass(frozen=True, slots=True)
class Action:
    """The person or part of the service that acts, and the time. Passed to functions that record an action."""

    actor: str
    at: datetime


def same(one: str, other: str) -> bool:
    """Return whether two names may belong to one person.

    Differences in case, spaces, accents and look-alike letters do not count: `Amina`, ` AMINA ` and `amína` are the
    same. A name without letters matches every name.
    """
    first, second = shape_of(one), shape_of(other)
    return not first or not second or first == second


def among(name: str, others: Iterable[str]) -> bool:
    """Return whether a name may belong to one of the people named in `others`."""
    return any(same(name, each) for each in others)


def shape_of(name: str) -> str:
    """Return the simplified form of a name, for comparing names; "" if the name has no letter.

    Two names with the same form may belong to one person.
    """
    return shape(_NO_LETTER.sub("", fold(name)))
