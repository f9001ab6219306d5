"""Ballot values that mark an option: "12:5" is five points for option 12, "12:yes" is agreement."""

from __future__ import annotations

AGREE, DISAGREE, PASS = "yes", "no", "skip"  # the same names as the intents of typed words
STANCES = (AGREE, DISAGREE, PASS)
_LONGEST = 3  # digits of a mark: no total is longer


def value_for(option: str, mark: str | int) -> str:
    """The ballot value that puts this mark on an option."""
    return f"{option}:{mark}"


def option_of(value: str) -> str:
    """The option in a value; the value itself if it has no mark."""
    return value.partition(":")[0]


def mark_of(value: str) -> str:
    """The mark in a value; "" if it has none."""
    return value.partition(":")[2]


def points(value: str) -> int:
    """The points in a value; 0 if it has none, or more digits than a ballot accepts."""
    mark = mark_of(value)
    return int(mark) if mark.isascii() and mark.isdecimal() and len(mark) <= _LONGEST else 0
