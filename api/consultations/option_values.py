"""A value that says something of one option, as "12:5" (five points) or "12:yes" (agreed): the option, and its mark."""

from __future__ import annotations

AGREE, DISAGREE, PASS = "yes", "no", "skip"  # as the intents of words, so that these are heard as a stance
STANCES = (AGREE, DISAGREE, PASS)
_LONGEST = 3  # digits of a mark: no total has more


def mark(option: str, given: str | int) -> str:
    """The value of a ballot that gives an option this mark."""
    return f"{option}:{given}"


def option_of(value: str) -> str:
    """The option a value speaks of; the value itself where it has no mark."""
    return value.partition(":")[0]


def given_by(value: str) -> str:
    """The mark within a value; "" where it has none."""
    return value.partition(":")[2]


def points(value: str) -> int:
    """The points a value gives its option; 0 where it gives none that a ballot may hold."""
    given = given_by(value)
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= _LONGEST else 0
