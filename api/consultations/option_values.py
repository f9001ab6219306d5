"""Build and split ballot values that put a mark on an option, separated by a colon.

A mark is a number of points or a stance. For example, "12:5" gives five points to option 12, and "12:yes" agrees with
statement 12.
"""

from __future__ import annotations

AGREE, DISAGREE, PASS = "yes", "no", "skip"  # the same names as the intents of typed words
STANCES = (AGREE, DISAGREE, PASS)
_LONGEST = 3  # maximum digits of points: no total has more


def value_for(option: str, mark: str | int) -> str:
    """Return the ballot value that puts this mark on an option."""
    return f"{option}:{mark}"


def option_of(value: str) -> str:
    """Return the option in a ballot value. If the value has no mark, it is the option."""
    return value.partition(":")[0]


def mark_of(value: str) -> str:
    """Return the mark in a ballot value; "" if it has none."""
    return value.partition(":")[2]


def points(value: str) -> int:
    """Return the points in a ballot value.

    If it has none, or a number with more digits than a ballot accepts, return 0.
    """
    mark = mark_of(value)
    return int(mark) if mark.isascii() and mark.isdecimal() and len(mark) <= _LONGEST else 0
