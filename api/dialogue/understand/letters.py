"""The letters that options are called by where numbers mean points. Pure."""

from __future__ import annotations

from api.normalise import fold

# What options are called by, in their order. The Arabic row is the abjad without و, which says "and".
SIGNS = {"ar": "أبجدهزحطي", "fr": "ABCDEFGHI", "zgh": "ABCDEFGHI"}
_PLACES = {fold(letter): place for row in SIGNS.values() for place, letter in enumerate(row, start=1)}


def lettered(token: str) -> int | None:
    """The place of the option that is called by this letter, 1 being the first."""
    return _PLACES.get(token)
