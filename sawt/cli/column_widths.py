"""Choose the column widths of a table in a terminal. Short words and words in the first column are never broken."""

from __future__ import annotations

from collections.abc import Sequence

_WORD = 20  # a word of up to this many letters is not broken
_NAME = 24  # a first cell (a code or a time) of up to this width stays on one line

Wanted = tuple[int, int]  # cells of a column's longest word and longest line


def widths(wanted: Sequence[Wanted], room: int) -> list[int] | None:
    """Return the width of each column in cells; return None if fitting the columns would break words.

    The first column names the rows, so each of its cells stays on one line if possible.
    """
    least = [
        max(word, min(line, _NAME)) if not place else min(word, _WORD) for place, (word, line) in enumerate(wanted)
    ]
    if sum(least) > room:
        return None
    cells, left = list(least), room - sum(least)
    by_need = sorted(range(len(cells)), key=lambda place: wanted[place][1] - least[place])
    for done, place in enumerate(by_need):  # share what is left equally, beginning with the smallest need
        more = max(0, min(wanted[place][1] - least[place], left // (len(cells) - done)))
        cells[place] += more
        left -= more
    return cells
