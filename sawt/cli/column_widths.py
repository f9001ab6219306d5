"""How wide the columns of a table are in a terminal: what names a row stays whole, as do words that are short."""

from __future__ import annotations

from collections.abc import Sequence

_WORD = 20  # letters of a word that is not to be broken
_NAME = 24  # cells of what names a row: a code, or a moment; a longer word of it is not broken either

Wanted = tuple[int, int]  # cells of a column's longest word, and of its longest line


def widths(wanted: Sequence[Wanted], room: int) -> list[int] | None:
    """The cells of each column; None if words would be broken. The first column names the rows."""
    least = [
        max(word, min(line, _NAME)) if not place else min(word, _WORD) for place, (word, line) in enumerate(wanted)
    ]
    if sum(least) > room:
        return None
    found, left = list(least), room - sum(least)
    by_want = sorted(range(len(found)), key=lambda place: wanted[place][1] - least[place])
    for done, place in enumerate(by_want):  # what is left in equal shares, to those who want less first
        more = max(0, min(wanted[place][1] - least[place], left // (len(found) - done)))
        found[place] += more
        left -= more
    return found
