"""Write CSV for spreadsheets in one dialect, with formulas disabled (OWASP, CSV injection). Pure functions.

A cell that a spreadsheet would take for a formula is written after an apostrophe, and reading removes the apostrophe. A
cell that already starts with apostrophes and a formula sign gets one more, so that reading restores every cell exactly.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

MARK = "\ufeff"  # starts the file; without it, Excel misreads Arabic
_DELIMITER = ";"  # with commas, Excel in French puts a whole row into one cell

_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")


def lines(rows: Iterable[Iterable[str]]) -> str:
    """Return rows as CSV text (RFC 4180 with semicolons), with formulas disabled."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=_DELIMITER, lineterminator="\r\n").writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue()


def count(text: str) -> int:
    """Return the number of rows in a CSV text from `lines`. A line end inside a cell does not start a new row."""
    return sum(1 for _ in csv.reader(io.StringIO(text, newline=""), delimiter=_DELIMITER))


def safe(cell: str) -> str:
    """Return the cell, with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def plain(cell: str) -> str:
    """Return the cell without the apostrophe that `safe` has added."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell
