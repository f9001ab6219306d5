"""Tables for spreadsheets, in one dialect: with cells that are shown and not reckoned (OWASP, CSV injection); pure.

A cell that would be taken for a formula gets an apostrophe before it, which is taken away again when it is read. What
began with apostrophes and such a sign before gets one more, so that nothing else ever changes.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

MARK = "\ufeff"  # at the beginning of a file: without it, Excel takes Arabic for something else
_DELIMITER = ";"  # a French Excel puts all of a row into one cell where commas stand

_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


def lines(rows: Iterable[Iterable[str]]) -> str:
    """Rows of a file (RFC 4180 with semicolons), each cell made harmless."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=_DELIMITER, lineterminator="\r\n").writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def count(text: str) -> int:
    """How many rows a piece of a file has, as `lines` writes it: a cell may hold line ends of its own."""
    return sum(1 for _ in csv.reader(io.StringIO(text, newline=""), delimiter=_DELIMITER))


def safe(cell: str) -> str:
    """The cell as it is written."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def plain(cell: str) -> str:
    """The cell as it was meant."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell
